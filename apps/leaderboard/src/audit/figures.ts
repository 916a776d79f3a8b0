import type { Curve, CurveChart, CurvePoint, Level } from "../charts/curve-chart.ts";
import { PHASES, type Phase } from "../board/board.ts";
import { formatFor } from "../i18n/format.ts";
import type { Audit } from "../i18n/strings.ts";
import { CONSTANT_ANSWERS, LABELS, THESIS_METHODS, type ThesisRuns } from "./thesis.ts";

const FLOOR = CONSTANT_ANSWERS[1];
const PHASE_STYLES: Record<Phase, number> = { pruned: 3, rewound: 1, retrained: 0 };

function point(x: number, mean: number, words: string, t: Audit): CurvePoint {
  const f = formatFor(t.language);
  const spoken = t.spoken(words, f.share(x), f.accuracy(mean), null);
  return { x, mean, interval: null, n: 1, spoken, href: null, onFront: false };
}

function levels(runs: ThesisRuns, t: Audit): Level[] {
  const dense = runs.dense?.accuracy;
  const floor: Level = { name: t.floor, shortName: t.floorShort, value: FLOOR, kind: "floor" };
  return dense === undefined
    ? [floor]
    : [{ name: t.unpruned, shortName: t.unpruned, value: dense, kind: "dense" }, floor];
}

function chart(title: string, curves: readonly Curve[], runs: ThesisRuns, t: Audit): CurveChart {
  const f = formatFor(t.language);
  return {
    title,
    description: t.redrawn,
    curves: curves.filter((curve) => curve.points.length > 0),
    levels: levels(runs, t),
    xTitle: t.xTitle,
    ticksAtPoints: true,
    formatX: f.share,
    formatY: (value) => f.integer(value * 100),
    front: false,
  };
}

/** What a curve shows of the runs: one method in one phase of one seed. */
interface Shown {
  readonly method: string;
  readonly phase: Phase;
  readonly seed: number;
}

function curveOf(runs: ThesisRuns, { method, phase, seed }: Shown, look: Omit<Curve, "points">, t: Audit): Curve {
  const points = LABELS.flatMap((label) => {
    const mean = runs.accuracy(method, label, phase, seed);
    return mean === null ? [] : [point(label, mean, look.title, t)];
  });
  return { ...look, points };
}

function curvesByPhase(runs: ThesisRuns, method: string, seed: number, t: Audit): Curve[] {
  return PHASES.map((phase) => {
    const look = { id: phase, title: t.phases[phase], style: PHASE_STYLES[phase], dashed: false };
    return curveOf(runs, { method, phase, seed }, look, t);
  });
}

/** Figures 6-1 to 6-3: every phase of one method, seed 1, under the printed labels. */
export function figuresBySeedOne(runs: ThesisRuns, t: Audit): CurveChart[] {
  return THESIS_METHODS.map(({ id }, index) =>
    chart(t.reported.figure(index + 1, t.methods[id]), curvesByPhase(runs, id, 1, t), runs, t),
  );
}

/** Figure 1 of the paper: low magnitude, seed 0, whose last point no raw file holds. */
export function paperFigure(runs: ThesisRuns, t: Audit): CurveChart {
  return chart(t.reported.paper, curvesByPhase(runs, "thesis-low", 0, t), runs, t);
}

/** Retrained accuracy of the three methods, mean over the runs that exist. */
export function retrainedMeans(runs: ThesisRuns, t: Audit): CurveChart {
  const f = formatFor(t.language);
  const curves = THESIS_METHODS.map(({ id, style }) => ({
    id,
    title: t.methods[id],
    style,
    dashed: true,
    points: LABELS.flatMap((label): CurvePoint[] => {
      const summary = runs.summary(id, label, "retrained");
      if (!summary) return [];
      const { mean, interval, n } = summary;
      const spoken = t.spoken(t.methods[id], f.share(label), f.accuracy(mean), n);
      return [{ ...point(label, mean, t.methods[id], t), interval, n, spoken }];
    }),
  }));
  return chart(t.reported.chart, curves, runs, t);
}

/** What the labels say against what the masks removed. */
export function labelsAgainstMasks(runs: ThesisRuns, t: Audit): CurveChart {
  const words = t.findings.labels;
  const diagonal: Curve = {
    id: "label",
    title: words.diagonal,
    style: 7,
    dashed: true,
    points: LABELS.map((label) => ({ ...point(label, label, words.diagonal, t), n: null })),
  };
  const curves = [THESIS_METHODS[0], THESIS_METHODS[2]].map(({ id, style }) => ({
    id,
    title: id === "thesis-low" ? words.lowAndRandom : t.methods[id],
    style,
    dashed: false,
    points: LABELS.flatMap((label) => {
      const removed = runs.removed(id, label);
      return removed === null ? [] : [point(label, removed, t.methods[id], t)];
    }),
  }));
  return { ...chart(words.chart, [diagonal, ...curves], runs, t), levels: [] };
}

/** The “pruned” score of each file: one curve under two names, and its mirror image. */
export function prunedUnderThreeNames(runs: ThesisRuns, t: Audit): CurveChart {
  const words = t.findings.pruned;
  const names = { "thesis-low": t.findings.labels.lowAndRandom, "thesis-high": t.methods["thesis-high"] };
  const curves = [THESIS_METHODS[0], THESIS_METHODS[2]].map(({ id, style }) =>
    curveOf(runs, { method: id, phase: "pruned", seed: 1 }, { id, title: names[id], style, dashed: false }, t),
  );
  return { ...chart(words.chart, curves, runs, t), levels: [] };
}
