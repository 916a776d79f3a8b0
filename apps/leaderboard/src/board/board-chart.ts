import { drawCurveChart, type CurveChart, type CurvePoint, type Level } from "../charts/curve-chart.ts";
import { formatFor, type Format } from "../i18n/format.ts";
import type { BoardStrings } from "../i18n/strings.ts";
import { groupAddress } from "../site/paths.ts";
import type { Axis } from "./state.ts";
import type { Group, View } from "./view.ts";

/** How values of an axis are written. */
export function axisFormat(axis: Axis, f: Format): (value: number) => string {
  switch (axis) {
    case "prunable":
    case "total":
      return f.share;
    case "flops":
      return f.operations;
    case "bytes":
      return f.bytes;
    case "latency":
      return f.seconds;
  }
}

function pointOf(track: string, group: Group, x: number, t: BoardStrings, f: Format): CurvePoint {
  const { mean, interval, n } = group.accuracy;
  const range = interval && f.range(interval.low, interval.high);
  return {
    x,
    mean,
    interval,
    n,
    spoken: t.board.spoken(group.method.title, t.board.ofPrunable(f.share(group.target)), f.accuracy(mean), range, n),
    href: groupAddress(track, group.method.id, group.target),
    onFront: group.onFront,
  };
}

/** What the leaderboard's chart shows of a view. */
export function describeBoardChart(view: View, t: BoardStrings): CurveChart {
  const f = formatFor(t.language);
  const axis = view.state.axis;
  const levels: Level[] = [];
  if (view.dense) levels.push({ name: t.board.dense, shortName: t.board.dense, value: view.dense.mean, kind: "dense" });
  if (view.floor !== null)
    levels.push({ name: t.board.floor, shortName: t.board.floorShort, value: view.floor, kind: "floor" });
  const curves = view.methods.map((method) => ({
    id: method.id,
    title: method.title,
    style: method.style,
    dashed: method.asCoded || method.isPreview,
    points: view.groups
      .filter((group) => group.method.id === method.id)
      .flatMap((group) => (group.x === null ? [] : [pointOf(view.track.id, group, group.x, t, f)]))
      .sort((a, b) => a.x - b.x),
  }));
  const shown = curves.filter((curve) => curve.points.length > 0);
  return {
    title: t.board.caption(view.track.dataset, view.track.split),
    description: t.board.chartDescription(
      shown.length,
      shown.reduce((sum, curve) => sum + curve.points.length, 0),
    ),
    curves: shown,
    levels,
    xTitle: t.board.axisTitles[axis],
    ticksAtPoints: axis === "prunable" && view.targets.length <= 20,
    formatX: axisFormat(axis, f),
    formatY: (value) => f.integer(value * 100),
    front: view.state.front,
    scattered: axis === "latency",
  };
}

/** The leaderboard's chart as markup; null when nothing in view has a place on the chosen axis. */
export function drawBoardChart(view: View, t: BoardStrings, width: number): string | null {
  const chart = describeBoardChart(view, t);
  return chart.curves.length === 0 ? null : drawCurveChart(chart, width);
}
