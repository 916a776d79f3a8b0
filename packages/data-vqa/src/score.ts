import { DataError } from "./error.ts";
import { ANSWER_TYPES, type AnswerType, type Question } from "./question.ts";

/** Accuracy as fractions 0..1; an answer type without questions is absent. */
export interface Accuracy {
  readonly overall: number;
  readonly byAnswerType: Readonly<Partial<Record<AnswerType, number>>>;
  readonly questions: number;
}

/**
 * LXMERT's score of one predicted answer per question: what the soft label grants it, 0 if nothing.
 * @param predicted answer indices [questions], in the order of `questions`
 * @returns scores [questions], fractions 0..1
 */
export function softScores(questions: readonly Question[], predicted: ArrayLike<number>): Float32Array {
  checkLength(questions, predicted);
  if (questions.length > 0 && questions.every(({ answers, label }) => answers.length === 0 && label.length === 0)) {
    throw new DataError("these questions have no answers: they are withheld, so predictions can only be submitted");
  }
  return Float32Array.from(
    questions,
    ({ label }, row) => label.find(([answer]) => answer === predicted[row])?.[1] ?? 0,
  );
}

/** Mean of per-question scores, overall and by answer type. Sums run in float64 over the stored float32 scores. */
export function accuracy(questions: readonly Question[], scores: ArrayLike<number>): Accuracy {
  checkLength(questions, scores);
  if (questions.length === 0) throw new DataError("accuracy of no questions is undefined: the split is empty");
  const byAnswerType: Partial<Record<AnswerType, number>> = {};
  for (const type of ANSWER_TYPES) {
    const mean = meanWhere(questions, scores, (question) => question.answerType === type);
    if (mean !== null) byAnswerType[type] = mean;
  }
  return { overall: meanWhere(questions, scores, () => true) ?? 0, byAnswerType, questions: questions.length };
}

function meanWhere(questions: readonly Question[], scores: ArrayLike<number>, keep: (q: Question) => boolean) {
  let sum = 0;
  let count = 0;
  for (const [row, question] of questions.entries()) {
    if (!keep(question)) continue;
    sum += scores[row] ?? 0;
    count++;
  }
  return count === 0 ? null : sum / count;
}

function checkLength(questions: readonly Question[], values: ArrayLike<number>): void {
  if (values.length !== questions.length) {
    throw new DataError(`${values.length} predictions for ${questions.length} questions; give one for each question`);
  }
}
