import { line } from "d3";
import { colourClass, markerPath, at } from "./marker.ts";
import { rounded, scaleLinear } from "./scale.ts";
import { element, px, text } from "./svg.ts";
import { textWidth } from "./text-width.ts";

export interface Series {
  readonly title: string;
  readonly style: number;
  /** One value a step, in order; null where there is none. */
  readonly values: readonly (number | null)[];
}

export interface LineChart {
  readonly title: string;
  readonly series: readonly Series[];
  readonly formatY: (value: number) => string;
  /** Name of step i under the axis. */
  readonly stepName: (step: number) => string;
  /** What the steps are. */
  readonly xTitle: string;
}

const WIDTH = 330;
const HEIGHT = 216;
const FONT = 13;

/** Small lines over steps (epochs), each named at its end; names that would meet are moved apart. */
export function drawLineChart(chart: LineChart): string {
  const values = chart.series.flatMap((series) => series.values).filter((value) => value !== null);
  const steps = Math.max(1, ...chart.series.map((series) => series.values.length));
  const names = Math.max(...chart.series.map((series) => textWidth(series.title, FONT)), 0);
  const plot = { left: 44, right: WIDTH - names - 18, top: 12, bottom: HEIGHT - 44 };
  const x = scaleLinear([0, Math.max(1, steps - 1)], [plot.left + 8, plot.right]);
  const low = Math.min(...values);
  const high = Math.max(...values);
  const y = rounded(scaleLinear([low, high === low ? low + 1 : high], [plot.bottom - 6, plot.top + 6]), 4);
  const grid = y.ticks(4).map((tick) => {
    const label = text(chart.formatY(tick), { x: plot.left - 8, y: y(tick) + 4.5, "text-anchor": "end" });
    return element("line", { class: "grid", x1: plot.left, x2: plot.right, y1: y(tick), y2: y(tick) }) + label;
  });
  const ticks = Array.from({ length: steps }, (_, step) => step)
    .filter((step) => steps <= 10 || step % Math.ceil(steps / 10) === 0)
    .map((step) => text(chart.stepName(step), { x: x(step), y: HEIGHT - 24, "text-anchor": "middle" }));
  const ends = nameHeights(chart.series.map((series) => y(series.values.findLast((value) => value !== null) ?? low)));
  const drawn = chart.series.map((series, index) => {
    const points = series.values.flatMap((value, step) =>
      value === null ? [] : [[x(step), y(value)] as [number, number]],
    );
    const marks = points.map(([left, top]) =>
      element("path", { class: "marker", d: markerPath(series.style, 34), transform: at(left, top) }),
    );
    const path = element("path", { class: "line", d: line().digits(1)(points) ?? "" });
    const name = text(series.title, { class: "label name", x: plot.right + 10, y: (ends[index] ?? 0) + 4.5 });
    return element("g", { class: colourClass(series.style) }, path, ...marks, name);
  });
  const middle = (plot.left + 8 + plot.right) / 2;
  const xTitle = text(chart.xTitle, { x: middle, y: HEIGHT - 4, "text-anchor": "middle" });
  return element(
    "svg",
    {
      class: "chart",
      viewBox: `0 0 ${px(WIDTH)} ${px(HEIGHT)}`,
      width: WIDTH,
      height: HEIGHT,
      role: "img",
      "aria-label": chart.title,
      direction: "ltr",
    },
    ...grid,
    ...ticks,
    xTitle,
    ...drawn,
  );
}

/** Heights of names near the wanted ones, at least one line apart. */
function nameHeights(wanted: readonly number[]): number[] {
  const order = wanted.map((height, index) => ({ height, index })).sort((a, b) => a.height - b.height);
  const heights: number[] = [];
  let last = -Infinity;
  for (const { height, index } of order) {
    last = Math.max(height, last + FONT + 3);
    heights[index] = last;
  }
  return heights;
}
