import { scaleBand } from "d3";
import { colourClass } from "./marker.ts";
import { scaleLinear } from "./scale.ts";
import { element, px, text } from "./svg.ts";

export interface Bar {
  readonly name: string;
  /** Number of the method, which gives the colour; hollow bars are the lesser of a pair. */
  readonly style: number;
  readonly hollow: boolean;
  /** null where there is no such number. */
  readonly value: number | null;
}

const WIDTH = 330;
const HEIGHT = 190;

/** The letter under a bar. */
export function barLetter(index: number): string {
  return String.fromCharCode(65 + index);
}

/** A panel of bars from 0 to `top`, each with its value over it and a letter under it that a key explains. */
export function drawBarPanel(
  title: string,
  bars: readonly Bar[],
  top: number,
  format: (value: number) => string,
): string {
  const plot = { left: 8, right: WIDTH - 8, top: 26, bottom: HEIGHT - 22 };
  const letters = bars.map((_, index) => barLetter(index));
  const x = scaleBand(letters, [plot.left, plot.right]).padding(0.25);
  const y = scaleLinear([0, top], [plot.bottom, plot.top]);
  const drawn = bars.map(({ style, hollow, value }, index) => {
    const letter = letters[index] ?? "";
    const left = x(letter) ?? 0;
    const middle = left + x.bandwidth() / 2;
    const under = text(letter, { x: middle, y: HEIGHT - 7, "text-anchor": "middle" });
    if (value === null) return under;
    const height = Math.max(1, plot.bottom - y(value));
    const bar = element("rect", {
      class: hollow ? "column hollow" : "column",
      x: left,
      y: plot.bottom - height,
      width: x.bandwidth(),
      height,
    });
    const label = text(format(value), { x: middle, y: plot.bottom - height - 5, "text-anchor": "middle" });
    return element("g", { class: colourClass(style) }, bar, label) + under;
  });
  return element(
    "svg",
    {
      class: "chart",
      viewBox: `0 0 ${px(WIDTH)} ${px(HEIGHT)}`,
      width: WIDTH,
      height: HEIGHT,
      role: "img",
      "aria-label": title,
      direction: "ltr",
    },
    element("line", { class: "zero", x1: plot.left, x2: plot.right, y1: plot.bottom, y2: plot.bottom }),
    ...drawn,
  );
}
