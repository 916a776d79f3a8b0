import { ResultError } from "../error.ts";
import { pairedDifference, pairsOf } from "./difference.ts";
import { holm } from "./holm.ts";
import { permutationP, permutationTape } from "./permutation.ts";
import { type Contender, runAccuracy } from "./runs.ts";
import { mean } from "./summary.ts";
import { judge, minimumSeeds, type Verdict, type VerdictOptions } from "./verdict.ts";

/** A contender's place among those at one sparsity and phase. */
export interface Ranked {
  readonly name: string;
  readonly n: number;
  readonly mean: number;
  /**
   * 1 + the number of contenders that are decidedly better; contenders of equal rank are a tie group. null with fewer
   * than three seeds.
   */
  readonly rank: number | null;
  readonly betterThan: readonly string[];
  readonly worseThan: readonly string[];
}

interface Pair {
  readonly a: string;
  readonly b: string;
  readonly verdict: Verdict;
}

/** Every pair that shares a seed, judged with Holm's adjustment over all of them. */
function judgePairs(contenders: readonly Contender[], options: VerdictOptions): Pair[] {
  const { alpha = 0.05, permutations = 10_000 } = options;
  const pairs = contenders.flatMap((a, i) =>
    contenders
      .slice(i + 1)
      .filter((b) => pairsOf(a, b).length > 0)
      .map((b) => ({ a: a.name, b: b.name, scores: pairedDifference(a, b, 1 - alpha) })),
  );
  const tape = permutationTape();
  const adjusted = holm(pairs.map(({ scores }) => permutationP(scores.byQuestion, { permutations, tape })));
  return pairs.map(({ a, b, scores }, i) => ({
    a,
    b,
    verdict: judge(a, b, scores.found, adjusted[i] ?? 1, options),
  }));
}

/**
 * Ranks with ties: the contenders of one sparsity, best mean first.
 *
 * @param contenders unique names, one dataset; those with fewer than three seeds are listed without a rank
 */
export function rankTies(contenders: readonly Contender[], options: VerdictOptions = {}): Ranked[] {
  if (new Set(contenders.map(({ name }) => name)).size < contenders.length) {
    throw new ResultError("two contenders of one name cannot be ranked");
  }
  const rankable = contenders.filter(({ runs }) => runs.length >= minimumSeeds);
  const pairs = judgePairs(rankable, options);
  const ranked = contenders.map((contender): Ranked => {
    const { name, runs } = contender;
    const [betterThan, worseThan]: [string[], string[]] = [[], []];
    for (const { a, b, verdict } of pairs) {
      if (name !== a && name !== b) continue;
      const won = verdict.outcome === (name === a ? "better" : "worse");
      const lost = verdict.outcome === (name === a ? "worse" : "better");
      if (won) betterThan.push(name === a ? b : a);
      if (lost) worseThan.push(name === a ? b : a);
    }
    const rank = runs.length >= minimumSeeds ? 1 + worseThan.length : null;
    return { name, n: runs.length, mean: mean(runs.map(runAccuracy)), rank, betterThan, worseThan };
  });
  return ranked.sort((a, b) => b.mean - a.mean);
}
