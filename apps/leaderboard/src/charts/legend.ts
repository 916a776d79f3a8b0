import { at, colourClass, markerPath } from "./marker.ts";
import { element, px, text } from "./svg.ts";
import { fitText, textWidth } from "./text-width.ts";

interface Entry {
  readonly title: string;
  readonly style: number;
  readonly dashed: boolean;
}

interface Rows {
  /** Where they begin, and the room from edge to edge, in pixels. */
  readonly top: number;
  readonly width: number;
  /** Size of a marker, in square pixels. */
  readonly area: number;
  /** Whether the markers are joined by lines. */
  readonly lines: boolean;
}

const FONT = 13;
const LINE = 21;
const KEY = 34;
const GAP = 18;

/**
 * Rows of markers on a piece of their line with their names, for curves that bear no name of their own.
 *
 * @returns the markup, and how much height it takes: none for no entries
 */
export function drawLegend(
  entries: readonly Entry[],
  { top, width, area, lines }: Rows,
): { readonly markup: string; readonly height: number } {
  const [left, right] = [10, width - 6];
  let [x, y] = [left, top + LINE / 2];
  const drawn = entries.map(({ title, style, dashed }) => {
    const words = fitText(title, FONT, right - left - KEY);
    const needed = KEY + textWidth(words, FONT);
    if (x > left && x + needed > right) [x, y] = [left, y + LINE];
    const stroke = { class: dashed ? "line dashed" : "line", d: `M${px(x)} ${px(y)}h28` };
    const marker = { class: "marker", d: markerPath(style, area), transform: at(x + 14, y) };
    const entry = element(
      "g",
      { class: `entry ${colourClass(style)}` },
      lines ? element("path", stroke) : "",
      element("path", marker),
      text(words, { x: x + KEY, y: y + 4.5 }),
    );
    x += needed + GAP;
    return entry;
  });
  if (drawn.length === 0) return { markup: "", height: 0 };
  return { markup: element("g", { class: "legend", "aria-hidden": "true" }, ...drawn), height: y + LINE / 2 - top };
}
