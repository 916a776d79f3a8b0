import { ResultError } from "../error.ts";
import { type Contender, type Run, runAccuracy } from "./runs.ts";
import { type Interval, mean, tInterval } from "./summary.ts";

/** How far a is above b, from the seeds both have. */
export interface Difference {
  /** Seeds in common. */
  readonly n: number;
  readonly questions: number;
  /** Mean accuracy of each side over the common seeds, fractions. */
  readonly meanA: number;
  readonly meanB: number;
  /** meanA - meanB, a fraction. */
  readonly difference: number;
  /** Over questions and, from two seeds on, over seeds. */
  readonly interval: Interval;
}

/** A difference, and what the permutation test needs of it. */
export interface PairedScores {
  readonly found: Difference;
  /** Difference of each question summed over the seeds, in tenths. */
  readonly byQuestion: Int32Array;
}

/** Pairs of runs with the same seed: they share start weights, fine-tune and order of data. */
export function pairsOf(a: Contender, b: Contender): [Run, Run][] {
  const bySeed = new Map(b.runs.map((run) => [run.seed, run]));
  return a.runs.flatMap((run): [Run, Run][] => {
    const other = bySeed.get(run.seed);
    return other ? [[run, other]] : [];
  });
}

/** A table seeds x questions of differences by its sums, in whole tenths and therefore exact. */
interface Table {
  readonly bySeed: Float64Array;
  readonly byQuestion: Int32Array;
  /** Sum of the squares of every entry. */
  readonly squares: number;
}

/** One pass over the scores of the matched runs: a ranking of forty methods makes thousands of these tables. */
function tableOf(matched: readonly (readonly [Run, Run])[]): Table {
  const questions = matched[0]?.[0].tenths.length ?? 0;
  const bySeed = new Float64Array(matched.length);
  const byQuestion = new Int32Array(questions);
  let squares = 0;
  for (const [seed, [left, right]] of matched.entries()) {
    const [ours, theirs] = [left.tenths, right.tenths];
    let sum = 0;
    for (let question = 0; question < questions; question++) {
      const value = (ours[question] ?? 0) - (theirs[question] ?? 0);
      sum += value;
      squares += value * value;
      byQuestion[question] = (byQuestion[question] ?? 0) + value;
    }
    bySeed[seed] = sum;
  }
  return { bySeed, byQuestion, squares };
}

/** Mean squares of a table for its two ways and what neither explains. */
function meanSquares({ bySeed, byQuestion, squares }: Table) {
  const seeds = bySeed.length;
  const questions = byQuestion.length;
  const grand = mean(byQuestion) / seeds;
  let seedSquares = 0;
  for (const sum of bySeed) seedSquares += questions * (sum / questions - grand) ** 2;
  let questionSquares = 0;
  for (const sum of byQuestion) questionSquares += seeds * (sum / seeds - grand) ** 2;
  const rest = Math.max(0, squares - seeds * questions * grand ** 2 - seedSquares - questionSquares);
  return {
    seed: seeds > 1 ? seedSquares / (seeds - 1) : 0,
    question: questions > 1 ? questionSquares / (questions - 1) : 0,
    rest: seeds > 1 && questions > 1 ? rest / ((seeds - 1) * (questions - 1)) : 0,
  };
}

/**
 * Standard error and degrees of freedom of the mean of a seeds x questions table in which both ways are random (Searle,
 * Casella and McCulloch, Variance Components, 1992; Satterthwaite 1946): variance = (MS_question + max(0, MS_seed -
 * MS_rest)) / (S Q). The degrees of freedom are never fewer than S - 1. By simulation a 95 % interval of three seeds
 * covers 93 to 98 %, whether the seeds vary or not.
 */
function standardError(table: Table): { error: number; df: number } {
  const seeds = table.bySeed.length;
  const questions = table.byQuestion.length;
  const squares = meanSquares(table);
  const sum = squares.question + Math.max(0, squares.seed - squares.rest);
  if (sum === 0) return { error: 0, df: 1 };
  const seedTerm = seeds > 1 ? squares.seed ** 2 / (seeds - 1) : 0;
  const questionTerm = squares.question ** 2 / Math.max(1, questions - 1);
  const df = Math.max(sum ** 2 / (seedTerm + questionTerm), seeds - 1, 1);
  return { error: Math.sqrt(sum / (seeds * questions)), df };
}

/**
 * The paired difference of two contenders over the seeds they share.
 *
 * @throws ResultError when they are of different datasets or share no seed
 */
export function pairedDifference(a: Contender, b: Contender, level = 0.95): PairedScores {
  const matched = pairsOf(a, b);
  if (matched.length === 0) throw new ResultError(`${a.name} and ${b.name} have no seed in common`);
  if (a.dataset !== b.dataset) throw new ResultError(`${a.name} and ${b.name} are of different datasets`);
  const table = tableOf(matched);
  const { byQuestion } = table;
  const questions = byQuestion.length;
  const meanA = mean(matched.map(([left]) => runAccuracy(left)));
  const meanB = mean(matched.map(([, right]) => runAccuracy(right)));
  const difference = mean(byQuestion) / (10 * matched.length);
  const { error, df } = standardError(table);
  const interval = tInterval(difference, error / 10, df, level);
  return { found: { n: matched.length, questions, meanA, meanB, difference, interval }, byQuestion };
}
