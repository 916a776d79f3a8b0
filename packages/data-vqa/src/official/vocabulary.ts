import { unknownSplit } from "../dataset.ts";
import { DataError } from "../error.ts";
import { type FolderLayout, folderName } from "./layout.ts";
import { normalise } from "./normalise.ts";
import { readAnnotations } from "./records.ts";

/** An answer enters the vocabulary if it is the majority answer of at least this many training questions. */
export const MINIMUM_FREQUENCY = 9;

/**
 * The answer vocabulary of a training set (Teney et al., CVPR 2018, whose list LXMERT uses): the normalised majority
 * answers of at least `minimum` questions, the most frequent first, equally frequent ones as they first appear.
 */
export function buildAnswerVocabulary(majorityAnswers: Iterable<string>, minimum = MINIMUM_FREQUENCY): string[] {
  const counts = new Map<string, number>();
  for (const answer of majorityAnswers) {
    const form = normalise(answer);
    counts.set(form, (counts.get(form) ?? 0) + 1);
  }
  return [...counts]
    .filter(([, count]) => count >= minimum)
    .sort((a, b) => b[1] - a[1])
    .map(([answer]) => answer);
}

export interface VocabularyOptions {
  /** Splits whose majority answers make the vocabulary; those named train or nominival if left out. */
  readonly trainingSplits?: readonly string[];
  /** How often an answer must be the majority answer to be in it; 9 if left out. */
  readonly minimumFrequency?: number;
}

/**
 * The answer vocabulary of a folder's training questions. Throws DataError where a training split has no answers, or none
 * is frequent enough.
 */
export function vocabularyOf(folder: string, { splits }: FolderLayout, options: VocabularyOptions = {}): string[] {
  const training = options.trainingSplits ?? [...splits.keys()].filter((name) => /^(train|nominival)/.test(name));
  const majority: string[] = [];
  for (const split of training) {
    const files = splits.get(split);
    if (!files) throw unknownSplit(folderName(folder), split, [...splits.keys()]);
    const annotations = files.format === "official" ? files.annotations : null;
    if (annotations === null) {
      throw new DataError(
        `${folder}: split ${split} has no ten answers to build a vocabulary from; add trainval_label2ans.json`,
      );
    }
    for (const { multiple_choice_answer } of readAnnotations(annotations).values())
      majority.push(multiple_choice_answer);
  }
  const answers = buildAnswerVocabulary(majority, options.minimumFrequency);
  if (answers.length > 0) return answers;
  throw new DataError(
    `${folder}: no answer is frequent enough in ${training.join(", ") || "any training split"} to build a vocabulary; ` +
      `name the training splits, lower the frequency, or add trainval_label2ans.json`,
  );
}
