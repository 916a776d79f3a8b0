import type { Question } from "./question.ts";
import type { VqaDataset } from "./dataset.ts";
import { answerIndex } from "./label.ts";

/** Questions with one key share one guess. */
export type PriorKey = (question: Question) => string;

/** What a guesser may look at: nothing, the official question type, or the whole question. Never the image. */
export const PRIOR_KEYS = {
  constant: () => "",
  questionType: (question) => question.questionType,
  question: (question) => question.text,
} as const satisfies Record<string, PriorKey>;

/**
 * What counts as the best guess for a key: `score` sums soft labels (the guess that earns most), `majority` counts the
 * questions whose most frequent answer it is (how language priors are usually reported).
 */
export type PriorWeight = "score" | "majority";

/**
 * The floor of a study: guess for every question of `evaluation` the answer that did best among the questions of
 * `training` with the same key, or the best constant answer where the key is new.
 * @returns answer indices [evaluation], to be given to `softScores`
 */
export function priorPredictions(
  dataset: Pick<VqaDataset, "answers">,
  training: readonly Question[],
  evaluation: readonly Question[],
  key: PriorKey,
  weight: PriorWeight = "score",
): Int32Array {
  const index = answerIndex(dataset.answers);
  const constant = bestGuesses(training, PRIOR_KEYS.constant, weight, index).get("") ?? 0;
  const guesses = bestGuesses(training, key, weight, index);
  return Int32Array.from(evaluation, (question) => guesses.get(key(question)) ?? constant);
}

function bestGuesses(
  questions: readonly Question[],
  key: PriorKey,
  weight: PriorWeight,
  index: ReadonlyMap<string, number>,
): Map<string, number> {
  const worth = new Map<string, Map<number, number>>();
  for (const question of questions) {
    const ofKey = worth.get(key(question)) ?? new Map<number, number>();
    worth.set(key(question), ofKey);
    for (const [answer, score] of credit(question, weight, index)) ofKey.set(answer, (ofKey.get(answer) ?? 0) + score);
  }
  const best = new Map<string, number>();
  for (const [of, answers] of worth) {
    const top = [...answers].reduce((a, b) => (b[1] > a[1] ? b : a), [-1, 0]);
    if (top[0] >= 0) best.set(of, top[0]);
  }
  return best;
}

function credit(question: Question, weight: PriorWeight, index: ReadonlyMap<string, number>) {
  if (weight === "score") return question.label;
  const answer = question.majorityAnswer === null ? undefined : index.get(question.majorityAnswer);
  return answer === undefined ? [] : [[answer, 1] as const];
}
