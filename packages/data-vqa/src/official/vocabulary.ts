import { vocabularyForm } from "./normalise.ts";

/** An answer enters the vocabulary if it is the majority answer of at least this many training questions. */
export const MINIMUM_FREQUENCY = 9;

/**
 * The answer vocabulary of a training set (Teney et al., CVPR 2018, whose list LXMERT uses): the normalised majority
 * answers of at least `minimum` questions, the most frequent first, equally frequent ones as they first appear.
 */
export function buildAnswerVocabulary(majorityAnswers: Iterable<string>, minimum = MINIMUM_FREQUENCY): string[] {
  const counts = new Map<string, number>();
  for (const answer of majorityAnswers) {
    const form = vocabularyForm(answer);
    counts.set(form, (counts.get(form) ?? 0) + 1);
  }
  return [...counts]
    .filter(([, count]) => count >= minimum)
    .sort((a, b) => b[1] - a[1])
    .map(([answer]) => answer);
}
