import { denseOf } from "./comparable.ts";
import type { PhaseName } from "./schema/measurement.ts";
import type { DoneResult } from "./schema/result.ts";
import { unpackTenths } from "./scores.ts";
import { type CurvePair, type CurveVerdict, compareCurves } from "./statistics/curves.ts";
import { pairsOf } from "./statistics/difference.ts";
import { shareText } from "./statistics/notation.ts";
import { type Contender, questionsKey } from "./statistics/runs.ts";
import type { PackedSymbols } from "./symbols.ts";
import { variantsOf } from "./variant.ts";

/** The name under which the dense networks of a group take part in comparisons. */
export const DENSE = "dense";

/** The scores of every question for all runs of one variant in one phase. */
export interface ScoreFile {
  /** `questionsKey` of the results. */
  readonly dataset: string;
  readonly runs: readonly { readonly seed: number; readonly target: number; readonly scores: PackedSymbols }[];
}

/** One side of a comparison. */
export interface Side {
  readonly name: string;
  readonly file: ScoreFile;
  /** Whether one set of runs stands against every sparsity of the other side, as the dense networks do. */
  readonly fixed: boolean;
}

/** A side at one sparsity. */
export function contenderAt({ name, file, fixed }: Side, target: number): Contender {
  const runs = file.runs
    .filter((run) => fixed || run.target === target)
    .map((run) => ({ seed: run.seed, tenths: unpackTenths(run.scores) }));
  return { name, dataset: file.dataset, runs };
}

/** Two sides over the sparsities they share, and what was compared at each. */
export interface SidesCompared {
  readonly curve: CurveVerdict;
  readonly pairs: readonly CurvePair[];
}

/**
 * The pairs that may be compared: at each sparsity where both sides have runs of a common seed on the same questions. The
 * site, the command line and the comment on a pull request choose them by this.
 *
 * @param a what stands at a sparsity on one side; null where nothing does
 */
export function comparablePairs(
  sparsities: Iterable<number>,
  a: (sparsity: number) => Contender | null,
  b: (sparsity: number) => Contender | null,
): CurvePair[] {
  return [...sparsities].flatMap((sparsity) => {
    const [left, right] = [a(sparsity), b(sparsity)];
    const isPair = left && right && left.dataset === right.dataset && pairsOf(left, right).length > 0;
    return isPair ? [{ sparsity, a: left, b: right }] : [];
  });
}

/**
 * The verdict at every sparsity that both sides have with a seed in common, p adjusted over them, by the function all
 * verdicts come from; null where there is none.
 */
export function compareSides(a: Side, b: Side): SidesCompared | null {
  const targets = new Set((a.fixed ? b : a).file.runs.map((run) => run.target));
  const pairs = comparablePairs(
    targets,
    (target) => contenderAt(a, target),
    (target) => contenderAt(b, target),
  );
  if (pairs.length === 0) return null;
  const curve = compareCurves(a.name, b.name, pairs);
  // Two single results may be of two sparsities: the sentence on the pair names none but theirs.
  const alone = a.fixed && b.fixed ? curve.points[0]?.sentence : undefined;
  return { curve: { ...curve, sentence: alone ?? curve.sentence }, pairs };
}

/** The scores of finished results in one phase; null where none has it. */
export function scoreFileOf(results: readonly DoneResult[], phase: PhaseName): ScoreFile | null {
  const runs = results.flatMap(({ phases, seed, target }) => {
    const scores = phases[phase]?.scores;
    return scores ? [{ seed, target, scores }] : [];
  });
  const [first] = results;
  return first === undefined || runs.length === 0 ? null : { dataset: questionsKey(first), runs };
}

/**
 * A side of results that may be compared with each other (`comparableGroups`).
 *
 * @param id a variant's id, or "dense"
 * @returns null where the group has no such variant in that phase
 */
export function sideOf(id: string, group: readonly DoneResult[], phase: PhaseName): Side | null {
  if (id === DENSE) {
    const file = scoreFileOf(denseOf(group), "dense");
    return file && { name: DENSE, file, fixed: true };
  }
  const variants = variantsOf(group);
  const own = group.filter((result) => variants.get(result.id)?.id === id);
  const file = scoreFileOf(own, phase);
  return file && { name: variants.get(own[0]?.id ?? "")?.title ?? id, file, fixed: false };
}

/**
 * A side made of one result. Against a method it stands at its own sparsity; `anywhere` sets it against whatever the
 * other side is, as two results are compared.
 *
 * @param title names the variant of its method (`variantsOfAll`)
 * @returns null where the result has no such phase
 */
export function sideOfResult(result: DoneResult, title: string, phase: PhaseName, anywhere: boolean): Side | null {
  const isDense = result.kind === "dense";
  const file = scoreFileOf([result], isDense ? "dense" : phase);
  const place = isDense ? DENSE : `${title} at ${shareText(result.target)}`;
  return file && { name: `${place}, seed ${result.seed}`, file, fixed: anywhere || isDense };
}
