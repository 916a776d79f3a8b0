import { ResultError } from "../error.ts";
import { type Difference, pairedDifference } from "./difference.ts";
import { points, pText, seedsText, shareText } from "./notation.ts";
import { permutationP } from "./permutation.ts";
import type { Contender } from "./runs.ts";

/**
 * - `better`, `worse`: the permutation test over questions rejects, and the interval over questions and seeds agrees;
 * - `tied`: the whole interval lies within the margin;
 * - `undecided`: neither can be said.
 */
export type Outcome = "better" | "worse" | "tied" | "undecided";

/** Fewer seeds than this decide nothing: three is also the least that a rank needs. */
export const minimumSeeds = 3;

export interface VerdictOptions {
  /** Level of the test and, as 1 - alpha, of the interval. Default 0.05. */
  readonly alpha?: number;
  /** Differences that do not matter, as a fraction: 0.01 is one point, the default. */
  readonly margin?: number;
  readonly permutations?: number;
}

/** What the statistics allow one to say about a against b. */
export interface Verdict extends Difference {
  readonly outcome: Outcome;
  /** Of the permutation test; in a ranking, after Holm's adjustment. */
  readonly p: number;
  /** One English sentence with the numbers. */
  readonly sentence: string;
}

function decide(found: Difference, p: number, alpha: number, margin: number): Outcome {
  const { interval, n } = found;
  if (n < minimumSeeds) return "undecided";
  if (p < alpha && interval.low > 0) return "better";
  if (p < alpha && interval.high < 0) return "worse";
  return interval.low > -margin && interval.high < margin ? "tied" : "undecided";
}

function sentenceOf(a: string, b: string, outcome: Outcome, found: Difference, p: number, alpha: number): string {
  const { difference, interval, n } = found;
  const size = `${points(Math.abs(difference))} points`;
  const claims: Record<Outcome, string> = {
    better: `${a} is better than ${b} by ${size}`,
    worse: `${a} is worse than ${b} by ${size}`,
    tied: `${a} and ${b} are tied`,
    undecided:
      n < minimumSeeds
        ? `${a} against ${b} is undecided below ${minimumSeeds} seeds`
        : `${a} against ${b} is undecided`,
  };
  const range = `${shareText(1 - alpha)} interval ${points(interval.low)} to ${points(interval.high)}`;
  return `${claims[outcome]} (difference ${points(difference)}, ${range}, paired ${pText(p)}, ${seedsText(n)}).`;
}

/** The verdict on a difference whose p is known: alone, or adjusted in a family. */
export function judge(a: string, b: string, found: Difference, p: number, options: VerdictOptions = {}): Verdict {
  const { alpha = 0.05, margin = 0.01 } = options;
  const outcome = decide(found, p, alpha, margin);
  return { ...found, outcome, p, sentence: sentenceOf(a, b, outcome, found, p, alpha) };
}

/**
 * The one function that says whether a is better than b: the site, the command line and the comment on a pull request
 * all call it, with the same answer for the same scores on every machine.
 *
 * @throws ResultError when the two are of different datasets or share no seed
 */
export function verdict(a: Contender, b: Contender, options: VerdictOptions = {}): Verdict {
  const { alpha = 0.05, permutations = 10_000 } = options;
  if (!(alpha > 0 && alpha < 1)) throw new ResultError(`alpha ${alpha}: expected a number between 0 and 1`);
  const { found, byQuestion } = pairedDifference(a, b, 1 - alpha);
  return judge(a.name, b.name, found, permutationP(byQuestion, { permutations }), options);
}
