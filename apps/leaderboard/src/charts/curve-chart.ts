import type { Interval } from "@ticketbench/results";
import { area, line } from "d3";
import { drawLegend } from "./legend.ts";
import { at, colourClass, markerPath } from "./marker.ts";
import { clearest, placeLabels, type Box, type LabelledLine, type Place } from "./place-labels.ts";
import { scaleLinear, type LinearScale } from "./scale.ts";
import { element, escapeText, px, text } from "./svg.ts";
import { fitText, textWidth } from "./text-width.ts";

/** A point of a curve: a mean, its interval (null when it rests on one seed), and what a reader is told about it. */
export interface CurvePoint {
  readonly x: number;
  readonly mean: number;
  readonly interval: Interval | null;
  /** Seeds the mean is of; null for a value that nobody measured. */
  readonly n: number | null;
  /** Said by screen readers and shown on hover or focus. */
  readonly spoken: string;
  /** Where the point leads; null for a point that leads nowhere. */
  readonly href: string | null;
  /** Not reached by any other point that is both more accurate and farther along. */
  readonly onFront: boolean;
}

export interface Curve {
  readonly id: string;
  readonly title: string;
  /** Number of the method, which gives colour and marker. */
  readonly style: number;
  readonly dashed: boolean;
  readonly points: readonly CurvePoint[];
}

/** A horizontal line with its name: the dense model, the floor. */
export interface Level {
  readonly name: string;
  /** For charts too narrow for the name. */
  readonly shortName: string;
  readonly value: number;
  readonly kind: "dense" | "floor";
}

export interface CurveChart {
  readonly title: string;
  readonly description: string;
  readonly curves: readonly Curve[];
  readonly levels: readonly Level[];
  readonly xTitle: string;
  /** Ticks stand at the points' own places where these are few round shares, else at round numbers. */
  readonly ticksAtPoints: boolean;
  readonly formatX: (value: number) => string;
  readonly formatY: (value: number) => string;
  /** Draws the front of the points no other point beats. */
  readonly front: boolean;
  /** The points stand for themselves: an axis that is measured has no order that would join them. */
  readonly scattered?: boolean;
}

const FONT = 13;
const MARKER_AREA = 58;
/** More names than this cannot stand beside their lines: the rows under the chart have them. */
const MOST_NAMES = 12;

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly x: LinearScale;
  readonly y: LinearScale;
  readonly plot: Box;
}

/** Height of the chart for a width, both in pixels: taller in proportion on a phone. */
export function chartHeight(width: number): number {
  return width < 480 ? 360 : width < 820 ? 410 : 460;
}

function extentOf(values: readonly number[], empty: readonly [number, number]): [number, number] {
  return values.length === 0 ? [...empty] : [Math.min(...values), Math.max(...values)];
}

function frame(chart: CurveChart, width: number): Frame {
  const height = chartHeight(width);
  const points = chart.curves.flatMap((curve) => curve.points);
  const [left, right] = extentOf(
    points.map((point) => point.x),
    [0, 1],
  );
  // An interval of few seeds may be wider than accuracy itself: the picture ends where accuracy does.
  const ends = points.flatMap((p) => [p.mean, p.interval?.low ?? p.mean, p.interval?.high ?? p.mean]);
  const heights = ends.map((value) => Math.min(1, Math.max(0, value)));
  const [low, high] = extentOf([...heights, ...chart.levels.map((level) => level.value)], [0, 1]);
  const rise = Math.max(high - low, 0.05);
  const plot = { left: 44, top: 16, right: width - (width < 480 ? 12 : 20), bottom: height - 50 };
  const side = right > left ? (right - left) * 0.04 : Math.max(0.001, Math.abs(right) * 0.04);
  return {
    width,
    height,
    plot,
    x: scaleLinear([left - side, right + side], [plot.left, plot.right]),
    y: scaleLinear([Math.max(0, low - rise * 0.06), high + rise * 0.08], [plot.bottom, plot.top]),
  };
}

function placesOf(curve: Curve, { x, y }: Frame): Place[] {
  return curve.points.map((point) => ({ x: x(point.x), y: y(point.mean) }));
}

/** As many round places as their labels leave room for. */
function roundTicks(chart: CurveChart, x: LinearScale): number[] {
  const [left, right] = x.range;
  for (let count = 10; count > 2; count--) {
    const ticks = x.ticks(count);
    const widest = Math.max(...ticks.map((tick) => textWidth(chart.formatX(tick), FONT)));
    if (ticks.length * (widest + 14) <= right - left) return ticks;
  }
  return x.ticks(2);
}

/** Where the x axis is marked. */
function xTicks(chart: CurveChart, x: LinearScale): number[] {
  if (!chart.ticksAtPoints) return roundTicks(chart, x);
  const places = [...new Set(chart.curves.flatMap((curve) => curve.points.map((point) => point.x)))];
  const kept: number[] = [];
  for (const place of places.sort((a, b) => a - b)) {
    const last = kept.at(-1);
    if (last === undefined || x(place) - x(last) >= 40) kept.push(place);
  }
  return kept;
}

function axes(chart: CurveChart, { x, y, plot, height }: Frame): string {
  const rows = y.ticks(6).map((tick) => {
    const height = y(tick);
    return (
      element("line", { class: "grid", x1: plot.left, x2: plot.right, y1: height, y2: height }) +
      text(chart.formatY(tick), { x: plot.left - 9, y: height + 4.5, "text-anchor": "end" })
    );
  });
  const columns = xTicks(chart, x).map((tick) => {
    const label = text(chart.formatX(tick), { x: x(tick), y: plot.bottom + 22, "text-anchor": "middle" });
    return element("line", { class: "tick", x1: x(tick), x2: x(tick), y1: plot.bottom, y2: plot.bottom + 5 }) + label;
  });
  const title = text(chart.xTitle, { x: (plot.left + plot.right) / 2, y: height - 4, "text-anchor": "middle" });
  return element("g", { class: "axes", "aria-hidden": "true" }, ...rows, ...columns, title);
}

/** Boxes the name of a level may take: above or below its line, at the right end, the left end or the middle. */
function levelBoxes({ plot }: Frame, at: number, width: number, height: number): Box[] {
  const lefts = [plot.right - width, plot.left + 4, (plot.left + plot.right - width) / 2];
  return lefts.flatMap((left) =>
    [at - height - 3, at + 3].map((top) => ({ left, right: left + width, top, bottom: top + height })),
  );
}

/** Dense line and floor line, each named where the curves leave room. The boxes of the names go to `taken`. */
function levels(chart: CurveChart, drawing: Frame, taken: Box[]): string {
  const { y, plot } = drawing;
  const lines = chart.curves.map((curve) => placesOf(curve, drawing));
  return chart.levels
    .map(({ name, shortName, value, kind }) => {
      const words = `${drawing.width < 480 ? shortName : name} ${chart.formatY(value)}`;
      const boxes = levelBoxes(drawing, y(value), textWidth(words, FONT) + 2, FONT + 4);
      const box = clearest(boxes, lines) ?? plot;
      taken.push(box);
      return element(
        "g",
        { class: `level ${kind}` },
        element("line", { x1: plot.left, x2: plot.right, y1: y(value), y2: y(value) }),
        text(words, { class: "label", x: box.left, y: box.bottom - 4 }),
      );
    })
    .join("");
}

function band(curve: Curve, { x, y, plot }: Frame): string {
  const shape = area<CurvePoint>()
    .defined((point) => point.interval !== null)
    .x((point) => x(point.x))
    .y0((point) => Math.min(plot.bottom, y(point.interval?.low ?? point.mean)))
    .y1((point) => Math.max(plot.top, y(point.interval?.high ?? point.mean)))
    .digits(1)(curve.points);
  return shape === null ? "" : element("path", { class: "band", d: shape });
}

function stroke(curve: Curve, { x, y }: Frame): string {
  const path = line<CurvePoint>()
    .x((point) => x(point.x))
    .y((point) => y(point.mean))
    .digits(1)(curve.points);
  return element("path", { class: curve.dashed ? "line dashed" : "line", d: path ?? "" });
}

function markers(curve: Curve, { x, y }: Frame): string {
  const shape = markerPath(curve.style, MARKER_AREA);
  return curve.points
    .map((point) =>
      element(
        point.href === null ? "g" : "a",
        {
          class: "point",
          href: point.href,
          role: point.href === null ? "img" : null,
          tabindex: point.href === null ? "0" : null,
          "aria-label": point.spoken,
          "data-curve": curve.id,
          "data-x": String(point.x),
        },
        element("circle", { class: "target", cx: x(point.x), cy: y(point.mean), r: 12 }),
        element("path", { class: "marker", d: shape, transform: at(x(point.x), y(point.mean)) }),
      ),
    )
    .join("");
}

/** The front: the points no other point beats on both axes, joined by steps. */
function front(chart: CurveChart, { x, y }: Frame): string {
  const points = chart.curves
    .flatMap((curve) => curve.points)
    .filter((point) => point.onFront)
    .sort((a, b) => a.x - b.x);
  const path = line<CurvePoint>()
    .x((point) => x(point.x))
    .y((point) => y(point.mean))
    .digits(1)(points);
  return path === null ? "" : element("path", { class: "front", d: path });
}

/** Names beside the curves, and the curves that there was no room to name. */
function names(
  chart: CurveChart,
  drawing: Frame,
  taken: readonly Box[],
): { readonly markup: string; readonly unnamed: readonly Curve[] } {
  if (chart.curves.length > MOST_NAMES) return { markup: "", unnamed: chart.curves };
  const { y, plot } = drawing;
  const room = Math.min(190, (plot.right - plot.left) * 0.5);
  const titles = new Map(chart.curves.map((curve) => [curve.id, fitText(curve.title, FONT + 0.5, room)]));
  const lines: LabelledLine[] = chart.curves.map((curve) => {
    const title = titles.get(curve.id) ?? "";
    // Titles that are cut to the same words would name nothing: no place is wide enough for them.
    const isOnly = [...titles.values()].filter((other) => other === title).length === 1;
    const width = isOnly ? textWidth(title, FONT + 0.5) + 4 : Infinity;
    return { id: curve.id, points: placesOf(curve, drawing), width, height: FONT + 5 };
  });
  const straight = chart.levels.map(({ value }) => [
    { x: plot.left, y: y(value) },
    { x: plot.right, y: y(value) },
  ]);
  const style = new Map(chart.curves.map((curve) => [curve.id, curve.style]));
  const placed = placeLabels(lines, plot, straight, taken);
  const named = new Set(placed.map(({ id }) => id));
  const labels = placed.map(({ id, x, y, leader }) => {
    const colour = colourClass(style.get(id) ?? 0);
    const words = text(titles.get(id) ?? "", { class: `label name ${colour}`, x, y });
    if (!leader) return words;
    const [from, to] = leader;
    return element("line", { class: `leader ${colour}`, x1: from.x, y1: from.y, x2: to.x, y2: to.y }) + words;
  });
  return {
    markup: element("g", { "aria-hidden": "true" }, ...labels),
    unnamed: chart.curves.filter(({ id }) => !named.has(id)),
  };
}

/** Where the x axis runs, in pixels and in its own unit, for a script that turns a place back into a value. */
function placeOfAxis({ x, plot }: Frame): Record<string, string> {
  return {
    "data-domain": x.domain.join(" "),
    "data-plot": [plot.left, plot.right, plot.top, plot.bottom].map(px).join(" "),
  };
}

/**
 * Accuracy against sparsity (or cost) as SVG markup at its real width in pixels: the same function draws at build time
 * and in the page. Every point is a link that says its values.
 */
export function drawCurveChart(chart: CurveChart, width: number): string {
  const drawing = frame(chart, width);
  const taken: Box[] = [];
  const straight = levels(chart, drawing, taken);
  const groups = chart.curves.map((curve) =>
    element(
      "g",
      { class: `curve ${colourClass(curve.style)}`, role: "group", "aria-label": curve.title },
      chart.scattered === true ? "" : stroke(curve, drawing),
      markers(curve, drawing),
    ),
  );
  const { markup, unnamed } = names(chart, drawing, taken);
  const legend = drawLegend(unnamed, {
    top: drawing.height + 6,
    width,
    area: MARKER_AREA,
    lines: chart.scattered !== true,
  });
  const height = drawing.height + (legend.height === 0 ? 0 : legend.height + 10);
  const banded = chart.scattered === true ? [] : chart.curves;
  const bands = banded.map((curve) => element("g", { class: colourClass(curve.style) }, band(curve, drawing)));
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
      ...placeOfAxis(drawing),
    },
    element("desc", {}, escapeText(chart.description)),
    axes(chart, drawing),
    straight,
    element("g", { class: "bands", "aria-hidden": "true" }, ...bands),
    chart.front ? front(chart, drawing) : "",
    ...groups,
    markup,
    legend.markup,
  );
}
