import { pairedDifference } from "./difference.ts";
import { holm } from "./holm.ts";
import { seedsText, shareRange, signedPoints } from "./notation.ts";
import { permutationP } from "./permutation.ts";
import type { Contender } from "./runs.ts";
import { judge, type Outcome, type Verdict, type VerdictOptions } from "./verdict.ts";

/** Two methods at one sparsity. */
export interface CurvePair {
  readonly sparsity: number;
  readonly a: Contender;
  readonly b: Contender;
}

/** A verdict at each sparsity, p adjusted over all of them. */
export interface CurveVerdict {
  readonly points: readonly (Verdict & { readonly sparsity: number })[];
  /** One English sentence: what holds at which sparsities. */
  readonly sentence: string;
}

type Point = CurveVerdict["points"][number];

/** Neighbouring points with the same outcome. */
export function stretches(points: readonly Point[]): Point[][] {
  const found: Point[][] = [];
  for (const point of points) {
    const last = found.at(-1);
    if (last?.[0]?.outcome === point.outcome) last.push(point);
    else found.push([point]);
  }
  return found;
}

function stretchText(stretch: readonly Point[]): string {
  const [first, last] = [stretch[0], stretch.at(-1)];
  if (!first || !last) return "";
  const where = shareRange(first.sparsity, last.sparsity);
  const decided: readonly Outcome[] = ["better", "worse"];
  if (!decided.includes(first.outcome)) return `${first.outcome} at ${where}`;
  const differences = stretch.map(({ difference }) => difference);
  const [low, high] = [signedPoints(Math.min(...differences)), signedPoints(Math.max(...differences))];
  return `${first.outcome} at ${where} (${low === high ? low : `${low} to ${high}`} points)`;
}

/**
 * Two methods over all sparsities they share: the headline of a comparison. Holm's adjustment runs over the sparsities.
 *
 * @param pairs at least one, in any order; each pair of one dataset and with a seed in common
 * @throws ResultError when a pair cannot be compared
 */
export function compareCurves(
  nameA: string,
  nameB: string,
  pairs: readonly CurvePair[],
  options: VerdictOptions = {},
): CurveVerdict {
  const { alpha = 0.05, permutations = 10_000 } = options;
  const differences = pairs
    .toSorted((left, right) => left.sparsity - right.sparsity)
    .map(({ sparsity, a, b }) => ({ sparsity, ...pairedDifference(a, b, 1 - alpha) }));
  const adjusted = holm(differences.map(({ byQuestion }) => permutationP(byQuestion, { permutations })));
  const points = differences.map(({ sparsity, found }, i) => {
    return { sparsity, ...judge(nameA, nameB, found, adjusted[i] ?? 1, options) };
  });
  const seeds = Math.min(...points.map(({ n }) => n));
  const told = stretches(points).map(stretchText).join(", ");
  return { points, sentence: `${nameA} against ${nameB}: ${told} (${seedsText(seeds)}).` };
}
