import { ResultError } from "../error.ts";
import type { PhaseName } from "../schema/measurement.ts";
import type { DoneResult, Result } from "../schema/result.ts";
import { unpackTenths } from "../scores.ts";

/** One evaluated model: its seed, and its score on each question in tenths, in the dataset's order. */
export interface Run {
  readonly seed: number;
  readonly tenths: ArrayLike<number>;
}

/** What a verdict is about: the runs of one method at one sparsity and phase (or of the dense model), one a seed. */
export interface Contender {
  readonly name: string;
  /** The dataset's hash and the split; contenders on different questions are never compared. */
  readonly dataset: string;
  readonly runs: readonly Run[];
}

/** What names the questions a result is scored on: results are comparable only where it is the same. */
export function questionsKey({ dataset: { hash, split } }: DoneResult): string {
  return `${hash} ${split}`;
}

/** Accuracy of a run, a fraction 0..1. */
export function runAccuracy({ tenths }: Run): number {
  let sum = 0;
  for (let i = 0; i < tenths.length; i++) sum += tenths[i] ?? 0;
  return sum / (10 * tenths.length);
}

/** A contender's scores on some questions alone: an answer type, a template, those a reader picked. */
export function onQuestions(contender: Contender, questions: readonly number[]): Contender {
  const runs = contender.runs.map(({ seed, tenths }) => ({
    seed,
    tenths: Uint8Array.from(questions, (question) => tenths[question] ?? 0),
  }));
  return { ...contender, runs };
}

/**
 * A contender from the finished results of one method at one sparsity; failed results and results without the phase are
 * left out. Give it `currentResults`.
 *
 * @throws ResultError when two results have the same seed, or the results are on different questions
 */
export function contenderOf(name: string, results: readonly Result[], phase: PhaseName): Contender {
  const runs: Run[] = [];
  let dataset: string | undefined;
  for (const result of results) {
    if (result.status === "failed") continue;
    const scores = result.phases[phase]?.scores;
    if (!scores) continue;
    dataset ??= questionsKey(result);
    if (dataset !== questionsKey(result)) throw new ResultError(`${name}: results on different questions`);
    if (runs.some(({ seed }) => seed === result.seed))
      throw new ResultError(`${name}: two results of seed ${result.seed}`);
    runs.push({ seed: result.seed, tenths: unpackTenths(scores) });
  }
  return { name, dataset: dataset ?? "", runs };
}
