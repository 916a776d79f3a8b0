import { makeRoving, watchPoints } from "./chart-points.ts";
import { part } from "./part.ts";
import { showSortedLater } from "./sorted-column.ts";

// The code that draws and its data come when the reader reaches for the page, or when the address asks for more than
// the page was built with: until then the page is complete as it was sent.
const home = document.getElementById("board");
if (home) {
  watchPoints(part("figure"), part("tip"));
  makeRoving(part("figure"));
  showSortedLater(part("table"));
  let started = false;
  const begin = (): void => {
    if (started) return;
    started = true;
    void import("./board-page.ts").then(({ start }) => start(home));
  };
  if (location.search !== "") begin();
  for (const sign of ["pointermove", "keydown", "touchstart", "change"]) {
    addEventListener(sign, begin, { once: true, passive: true });
  }
}
