import type { Curve, CurveChart, CurvePoint, Level } from "../charts/curve-chart.ts";
import { PHASES, type Phase } from "../board/board.ts";
import { formatFor } from "../i18n/format.ts";
import { LABELS, THESIS_METHODS, type ThesisRuns } from "./thesis.ts";

const f = formatFor("en");
const X_TITLE = "sparsity, as labelled";
const WORDS: Record<Phase, string> = { pruned: "pruned", rewound: "reset", retrained: "retrained" };

/** Accuracy that one and the same answer to everything reaches on minival. */
export const MINIVAL_FLOOR = 0.246307;

function point(x: number, mean: number, words: string): CurvePoint {
  const spoken = `${words}, ${f.share(x)}: ${f.accuracy(mean)}`;
  return { x, mean, interval: null, spoken, href: null, onFront: false };
}

function levels(runs: ThesisRuns): Level[] {
  const dense = runs.dense?.accuracy;
  const floor: Level = { name: "always one answer", shortName: "one answer", value: MINIVAL_FLOOR, kind: "floor" };
  return dense === undefined
    ? [floor]
    : [{ name: "unpruned", shortName: "unpruned", value: dense, kind: "dense" }, floor];
}

function chart(title: string, curves: readonly Curve[], runs: ThesisRuns): CurveChart {
  return {
    title,
    description: "Redrawn from the raw numbers of the study. The table below says the same.",
    curves: curves.filter((curve) => curve.points.length > 0),
    levels: levels(runs),
    xTitle: X_TITLE,
    ticksAtPoints: true,
    formatX: f.share,
    formatY: (value) => f.integer(value * 100),
    front: false,
  };
}

function curveOf(runs: ThesisRuns, method: string, phase: Phase, seed: number, look: Omit<Curve, "points">): Curve {
  const points = LABELS.flatMap((label) => {
    const mean = runs.accuracy(method, label, phase, seed);
    return mean === null ? [] : [point(label, mean, look.title)];
  });
  return { ...look, points };
}

/** Figures 6-1 to 6-3: every phase of one method, seed 1, under the printed labels. */
export function figuresBySeedOne(runs: ThesisRuns): { title: string; chart: CurveChart }[] {
  return THESIS_METHODS.map((method, index) => {
    const title = `Figure 6-${String(index + 1)}: ${method.title}`;
    const styles: Record<Phase, number> = { pruned: 3, rewound: 1, retrained: 0 };
    const curves = PHASES.map((phase) =>
      curveOf(runs, method.id, phase, 1, { id: phase, title: WORDS[phase], style: styles[phase], dashed: false }),
    );
    return { title, chart: chart(`${title}, accuracy on minival, %`, curves, runs) };
  });
}

/** Figure 1 of the paper: low magnitude, seed 0, whose last point no raw file holds. */
export function paperFigure(runs: ThesisRuns): CurveChart {
  const styles: Record<Phase, number> = { pruned: 3, rewound: 1, retrained: 0 };
  const curves = PHASES.map((phase) =>
    curveOf(runs, "thesis-low", phase, 0, { id: phase, title: WORDS[phase], style: styles[phase], dashed: false }),
  );
  return chart("Figure 1 of the paper, from the raw files: low magnitude, accuracy on minival, %", curves, runs);
}

/** Retrained accuracy of the three methods, mean over the runs that exist. */
export function retrainedMeans(runs: ThesisRuns): CurveChart {
  const curves = THESIS_METHODS.map((method) => ({
    id: method.id,
    title: method.title,
    style: method.style,
    dashed: true,
    points: LABELS.flatMap((label): CurvePoint[] => {
      const summary = runs.summary(method.id, label, "retrained");
      if (!summary) return [];
      const base = point(label, summary.mean, method.title);
      return [{ ...base, interval: summary.interval, spoken: `${base.spoken}, n = ${f.integer(summary.n)}` }];
    }),
  }));
  return chart("As reported: retrained accuracy on VQA v2 minival, %", curves, runs);
}

/** What the labels say against what the masks removed. */
export function labelsAgainstMasks(runs: ThesisRuns): CurveChart {
  const diagonal: Curve = {
    id: "label",
    title: "as labelled",
    style: 7,
    dashed: true,
    points: LABELS.map((label) => point(label, label, "as labelled")),
  };
  const curves = [THESIS_METHODS[0], THESIS_METHODS[2]].map((method) => ({
    id: method.id,
    title: method.id === "thesis-low" ? "Low magnitude and Random" : method.title,
    style: method.style,
    dashed: false,
    points: LABELS.flatMap((label) => {
      const removed = runs.removed(method.id, label);
      return removed === null ? [] : [point(label, removed, method.title)];
    }),
  }));
  return {
    ...chart("Weights the masks really removed, % of the prunable ones", [diagonal, ...curves], runs),
    levels: [],
  };
}

/** The “pruned” score of each file: one curve under two names, and its mirror image. */
export function prunedUnderThreeNames(runs: ThesisRuns): CurveChart {
  const names = {
    "thesis-low": "Low magnitude, and the same digits again for Random",
    "thesis-high": "“High magnitude”",
  };
  const curves = [THESIS_METHODS[0], THESIS_METHODS[2]].map(({ id, style }) =>
    curveOf(runs, id, "pruned", 1, { id, title: names[id], style, dashed: false }),
  );
  return { ...chart("“Pruned” accuracy in the raw files, seed 1, %", curves, runs), levels: [] };
}
