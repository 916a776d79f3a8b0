import { makeRoving, watchPoints } from "./chart-points.ts";

/** Every chart of a page speaks on hover and focus. */
for (const figure of document.querySelectorAll<HTMLElement>("[data-points]")) {
  const tip = figure.querySelector<HTMLElement>(".tip");
  if (!tip) continue;
  watchPoints(figure, tip);
  for (const plot of figure.querySelectorAll<HTMLElement>(".plot")) makeRoving(plot);
}
