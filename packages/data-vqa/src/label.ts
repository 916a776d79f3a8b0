import type { LabelEntry } from "./question.ts";

/** LXMERT's score for an answer given by 0, 1, 2, 3, 4 or more of the ten annotators. */
const SCORE_BY_COUNT = [0, 0.3, 0.6, 0.9, 1] as const;

/** The score of an answer that `count` annotators gave. */
export function annotatorScore(count: number): number {
  return SCORE_BY_COUNT[Math.min(count, 4)] ?? 0;
}

/** How often each answer was given, in the order in which they first appear. */
export function countAnswers(answers: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const answer of answers) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  return counts;
}

/** The most frequent answer; of equally frequent ones the first given. Null for an empty list. */
export function majorityAnswer(answers: readonly string[]): string | null {
  let best: string | null = null;
  let most = 0;
  for (const [answer, count] of countAnswers(answers)) {
    if (count > most) [best, most] = [answer, count];
  }
  return best;
}

/**
 * LXMERT's soft label (Tan and Bansal, EMNLP 2019; after Teney et al., CVPR 2018): every answer of the vocabulary that
 * at least one annotator gave, with the score of its count. Answers outside the vocabulary earn nothing.
 */
export function softLabel(answers: readonly string[], vocabulary: ReadonlyMap<string, number>): LabelEntry[] {
  const label: LabelEntry[] = [];
  for (const [answer, count] of countAnswers(answers)) {
    const index = vocabulary.get(answer);
    if (index !== undefined) label.push([index, annotatorScore(count)]);
  }
  return label.sort((a, b) => a[0] - b[0]);
}

/** Answer text to index, from a vocabulary list. */
export function answerIndex(answers: readonly string[]): Map<string, number> {
  return new Map(answers.map((answer, index) => [answer, index]));
}
