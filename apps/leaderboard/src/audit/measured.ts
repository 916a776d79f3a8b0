import { recomputeAccuracy, summarize, type DoneResult } from "@ticketbench/results";
import type { Curve, CurveChart, CurvePoint } from "../charts/curve-chart.ts";
import { formatFor } from "../i18n/format.ts";
import { THESIS_METHODS } from "./thesis.ts";

const f = formatFor("en");

/** Ours beside theirs: what each method of the study does when its mask is what it says, and held. */
const HELD: Record<string, string> = {
  "thesis-low": "magnitude",
  "thesis-random": "random",
  "thesis-high": "high-magnitude",
};

function retrained(results: readonly DoneResult[], method: string, target: number): number[] {
  return results
    .filter((result) => result.method?.id === method && result.target === target)
    .flatMap((result) => (result.phases.retrained ? [recomputeAccuracy(result.phases.retrained.scores)] : []));
}

function curve(results: readonly DoneResult[], look: Omit<Curve, "points">, own: readonly DoneResult[]): Curve {
  const targets = [...new Set(own.map((result) => result.target))].sort((a, b) => a - b);
  const points = targets.flatMap((target): CurvePoint[] => {
    const values = retrained(results, look.id, target);
    if (values.length === 0) return [];
    const { mean, interval, n } = summarize(values);
    const spoken = `${look.title}, ${f.share(target)}: ${f.accuracy(mean)}, n = ${f.integer(n)}`;
    return [{ x: target, mean, interval, spoken, href: null, onFront: false }];
  });
  return { ...look, points };
}

/** Both ways of running the study, on one dataset of ours; null while neither has been run. */
export function measuredBesideReported(results: readonly DoneResult[]): CurveChart | null {
  const [first] = results;
  const own = (id: string): DoneResult[] => results.filter((result) => result.method?.id === id);
  const curves = THESIS_METHODS.flatMap(({ id, title, style }) => {
    const held = HELD[id] ?? "";
    const plain = title.replace(/[“”]/g, "");
    return [
      curve(results, { id: held, title: plain, style, dashed: false }, own(held)),
      curve(results, { id, title: `${plain}, as coded`, style, dashed: true }, own(id)),
    ];
  }).filter(({ points }) => points.length > 0);
  if (!first || curves.length === 0) return null;
  const dense = results.flatMap(({ kind, phases }) =>
    kind === "dense" && phases.dense ? [recomputeAccuracy(phases.dense.scores)] : [],
  );
  const { name, split, floors } = first.dataset;
  return {
    title: `Measured by us: retrained accuracy on ${name}, ${split} split, %`,
    description: "Solid: the mask is what its name says and is held in training. Dashed: as the study's code had it.",
    curves,
    levels: [
      ...(dense.length > 0
        ? [{ name: "dense", shortName: "dense", value: summarize(dense).mean, kind: "dense" as const }]
        : []),
      { name: "always one answer", shortName: "one answer", value: floors.constantAnswer, kind: "floor" as const },
    ],
    xTitle: "sparsity asked for, share of the prunable weights",
    ticksAtPoints: true,
    formatX: f.share,
    formatY: (value) => f.integer(value * 100),
    front: false,
  };
}
