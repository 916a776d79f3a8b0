import { recomputeAccuracy, summarize, variantsOf, type DoneResult } from "@ticketbench/results";
import type { Curve, CurveChart, CurvePoint } from "../charts/curve-chart.ts";
import { formatFor } from "../i18n/format.ts";
import type { Audit } from "../i18n/strings.ts";
import { THESIS_METHODS } from "./thesis.ts";

/** Ours beside theirs: what each method of the study does when its mask is what it says, and held. */
const HELD = { "thesis-low": "magnitude", "thesis-random": "random", "thesis-high": "high-magnitude" } as const;

function curveOf(own: readonly DoneResult[], look: Omit<Curve, "points">, t: Audit): Curve {
  const f = formatFor(t.language);
  const targets = [...new Set(own.map((result) => result.target))].sort((a, b) => a - b);
  const points = targets.flatMap((target): CurvePoint[] => {
    const values = own
      .filter((result) => result.target === target)
      .flatMap(({ phases }) => (phases.retrained ? [recomputeAccuracy(phases.retrained.scores)] : []));
    if (values.length === 0) return [];
    const { mean, interval, n } = summarize(values);
    const spoken = t.spoken(look.title, f.share(target), f.accuracy(mean), n);
    return [{ x: target, mean, interval, n, spoken, href: null, onFront: false }];
  });
  return { ...look, points };
}

/** Both ways of running the study, over results of one dataset and recipe; null while neither has been run. */
export function measuredBesideReported(results: readonly DoneResult[], t: Audit): CurveChart | null {
  const f = formatFor(t.language);
  const [first] = results;
  const variants = variantsOf(results);
  const own = (id: string): DoneResult[] => results.filter((result) => variants.get(result.id)?.id === id);
  const curves = THESIS_METHODS.flatMap(({ id, style }) => {
    const held = HELD[id];
    const plain = t.methods[id].replace(/[“”«»]/g, "");
    return [
      curveOf(own(held), { id: held, title: plain, style, dashed: false }, t),
      curveOf(own(`${id}~as-coded`), { id, title: t.measured.asCoded(plain), style, dashed: true }, t),
    ];
  }).filter(({ points }) => points.length > 0);
  if (!first || curves.length === 0) return null;
  const dense = results.flatMap(({ kind, phases }) =>
    kind === "dense" && phases.dense ? [recomputeAccuracy(phases.dense.scores)] : [],
  );
  const { name, split, floors } = first.dataset;
  const floor = { name: t.floor, shortName: t.floorShort, value: floors.constantAnswer, kind: "floor" as const };
  const line = { name: t.unpruned, shortName: t.unpruned, kind: "dense" as const };
  return {
    title: t.measured.chart(name, split),
    description: t.measured.note,
    curves,
    levels: [...(dense.length > 0 ? [{ ...line, value: summarize(dense).mean }] : []), floor],
    xTitle: t.measured.xTitle,
    ticksAtPoints: true,
    formatX: f.share,
    formatY: (value) => f.integer(value * 100),
    front: false,
  };
}
