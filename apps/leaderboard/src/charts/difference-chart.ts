import { scalePoint } from "d3";
import type { Interval } from "@ticketbench/results";
import { scaleLinear } from "./scale.ts";
import { element, px, text } from "./svg.ts";

/** A difference with its interval, and what the tests say of it. */
export interface Difference {
  readonly name: string;
  readonly difference: number;
  readonly interval: Interval;
  readonly outcome: "better" | "worse" | "tied" | "undecided";
  readonly spoken: string;
}

export interface DifferenceChart {
  readonly title: string;
  readonly differences: readonly Difference[];
  /** What stands above and below the line of no difference. */
  readonly above: string;
  readonly below: string;
  readonly xTitle: string;
  readonly formatY: (value: number) => string;
}

/** Differences around the line of none: filled marks are decided, hollow ones are not. */
export function drawDifferenceChart(chart: DifferenceChart, width: number): string {
  const height = 280;
  const plot = { left: 48, right: width - 16, top: 14, bottom: height - 48 };
  const ends = chart.differences.flatMap(({ interval }) => [interval.low, interval.high]);
  const reach = Math.max(0.01, ...ends.map(Math.abs)) * 1.25;
  const y = scaleLinear([-reach, reach], [plot.bottom, plot.top]);
  const names = chart.differences.map(({ name }) => name);
  const x = scalePoint(names, [plot.left, plot.right]).padding(0.6);
  const grid = y.ticks(5).map((tick) => {
    const label = text(chart.formatY(tick), { x: plot.left - 8, y: y(tick) + 4.5, "text-anchor": "end" });
    const kind = tick === 0 ? "zero" : "grid";
    return element("line", { class: kind, x1: plot.left, x2: plot.right, y1: y(tick), y2: y(tick) }) + label;
  });
  const every = Math.ceil(names.length / Math.max(1, Math.floor((plot.right - plot.left) / 52)));
  const marks = chart.differences.map(({ name, difference, interval, outcome, spoken }, index) => {
    const at = x(name) ?? plot.left;
    const bar = element("line", { class: "interval", x1: at, x2: at, y1: y(interval.low), y2: y(interval.high) });
    const dot = element("circle", { class: `dot ${outcome}`, cx: at, cy: y(difference), r: 5 });
    const label = index % every === 0 ? text(name, { x: at, y: plot.bottom + 22, "text-anchor": "middle" }) : "";
    const target = element("circle", { class: "target", cx: at, cy: y(difference), r: 14 });
    const mark = element(
      "g",
      { class: "point", tabindex: "0", role: "img", "aria-label": spoken, "data-curve": "d" },
      target,
      bar,
      dot,
    );
    return mark + label;
  });
  return element(
    "svg",
    {
      class: "chart",
      viewBox: `0 0 ${px(width)} ${px(height)}`,
      width,
      height,
      role: "group",
      "aria-label": chart.title,
      direction: "ltr",
    },
    ...grid,
    text(chart.above, { class: "label side", x: plot.left + 6, y: plot.top + 10 }),
    text(chart.below, { class: "label side", x: plot.left + 6, y: plot.bottom - 6 }),
    text(chart.xTitle, { x: (plot.left + plot.right) / 2, y: height - 4, "text-anchor": "middle" }),
    ...marks,
  );
}
