import { at, colourClass, markerPath } from "./marker.ts";
import { element, text } from "./svg.ts";
import { fitText, textWidth } from "./text-width.ts";

interface Entry {
  readonly title: string;
  readonly style: number;
}

const FONT = 13;
const LINE = 21;
const KEY = 16;
const GAP = 18;

/**
 * Rows of markers with their names, for curves that bear no name of their own.
 *
 * @param top where the rows begin, `width` the room from edge to edge, in pixels
 * @returns the markup, and how much height it takes: none for no entries
 */
export function drawLegend(
  entries: readonly Entry[],
  { top, width, area }: { readonly top: number; readonly width: number; readonly area: number },
): { readonly markup: string; readonly height: number } {
  const [left, right] = [10, width - 6];
  let [x, y] = [left, top + LINE / 2];
  const drawn = entries.map(({ title, style }) => {
    const words = fitText(title, FONT, right - left - KEY);
    const needed = KEY + textWidth(words, FONT);
    if (x > left && x + needed > right) [x, y] = [left, y + LINE];
    const key = element("path", { class: "marker", d: markerPath(style, area), transform: at(x + 5, y) });
    const entry = element("g", { class: `entry ${colourClass(style)}` }, key, text(words, { x: x + KEY, y: y + 4.5 }));
    x += needed + GAP;
    return entry;
  });
  if (drawn.length === 0) return { markup: "", height: 0 };
  return { markup: element("g", { class: "legend", "aria-hidden": "true" }, ...drawn), height: y + LINE / 2 - top };
}
