import { DataError } from "./error.ts";

/** The three answer types under which VQA reports accuracy. */
export const ANSWER_TYPES = ["yes/no", "number", "other"] as const;
export type AnswerType = (typeof ANSWER_TYPES)[number];

/** The error for a question without a word: a network would answer it from the image alone, and nobody would know. */
export function emptyQuestion(where: string, id: number): DataError {
  return new DataError(`${where}: question ${id} is empty; give it a text, or remove it and its annotation`);
}

/** One answer that earns something: its index in the dataset's answer vocabulary and its score in (0, 1]. */
export type LabelEntry = readonly [answer: number, score: number];

/** One question about one image. */
export interface Question {
  readonly id: number;
  /** As in LXMERT's files, e.g. `COCO_val2014_000000262148`. */
  readonly imageId: string;
  readonly text: string;
  /** The longest official prefix of the question, e.g. `what color is the`. */
  readonly questionType: string;
  readonly answerType: AnswerType;
  /** The answers of the ten annotators in file order; empty where they are withheld or not in the files. */
  readonly answers: readonly string[];
  /** The most frequent of the ten (`multiple_choice_answer` in the official files); null where withheld. */
  readonly majorityAnswer: string | null;
  /** LXMERT's soft label, by ascending answer index; empty where withheld or no answer is in the vocabulary. */
  readonly label: readonly LabelEntry[];
}
