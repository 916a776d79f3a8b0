import type { Question } from "../question.ts";
import { normalise, stripSpace } from "./normalise.ts";
import { checkPredictedIds, type Predictions } from "./predictions.ts";
import type { AnnotationRecord } from "./records.ts";

/** Accuracies are fractions 0..1, unrounded. */
export interface OfficialReport {
  readonly n: number;
  readonly overall: number;
  readonly perAnswerType: Readonly<Record<string, number>>;
  readonly perQuestionType: Readonly<Record<string, number>>;
  readonly perQuestion: ReadonlyMap<number, number>;
}

/** What the evaluation needs to know of a question. */
export type GroundTruth = Pick<AnnotationRecord, "question_id" | "question_type" | "answer_type" | "answers">;

/**
 * The official VQA evaluation (visualqa.org, `vqaEval.py` of VQA v2.0): the accuracy of a question is the mean over
 * its annotators of min(1, agreeing others / 3). Predictions must be for exactly the annotated questions.
 */
export function evaluateOfficial(truths: readonly GroundTruth[], predictions: Predictions): OfficialReport {
  checkPredictedIds(predictions, new Set(truths.map(({ question_id }) => question_id)));
  return reportScores(truths, ({ question_id, answers }) => officialScore(answers, predictions.get(question_id) ?? ""));
}

/** Mean scores, overall and by type, in the order of `truths`. */
export function reportScores(truths: readonly GroundTruth[], scoreOf: (truth: GroundTruth) => number): OfficialReport {
  const perQuestion = new Map<number, number>();
  const byAnswerType = new Map<string, Mean>();
  const byQuestionType = new Map<string, Mean>();
  const overall = new Mean();
  for (const truth of truths) {
    const score = scoreOf(truth);
    perQuestion.set(truth.question_id, score);
    overall.add(score);
    meanOf(byAnswerType, truth.answer_type).add(score);
    meanOf(byQuestionType, truth.question_type ?? "").add(score);
  }
  const means = (groups: Map<string, Mean>) => Object.fromEntries([...groups].map(([key, mean]) => [key, mean.value]));
  return {
    n: truths.length,
    overall: overall.value,
    perAnswerType: means(byAnswerType),
    perQuestionType: means(byQuestionType),
    perQuestion,
  };
}

/**
 * The official accuracy of one answer, 0..1. Strings are normalised only where the ten answers differ: when all are
 * equal, letter case and punctuation count.
 */
export function officialScore(given: GroundTruth["answers"], predicted: string): number {
  let answer = stripSpace(predicted.replaceAll("\n", " ").replaceAll("\t", " "));
  let answers = given;
  if (given.some((one) => one.answer !== given[0]?.answer)) {
    answers = given.map((one) => ({ ...one, answer: normalise(one.answer) }));
    answer = normalise(answer);
  }
  const matching = answers.filter((one) => one.answer === answer);
  let sum = 0;
  for (const one of answers) {
    // An annotator is left out together with every record equal to his; ids are unique in the published files.
    const leftOut = one.answer === answer ? matching.filter((other) => sameRecord(one, other)).length : 0;
    sum += Math.min(1, (matching.length - leftOut) / 3);
  }
  return sum / answers.length;
}

/** A question of ours as the evaluation sees it; the ten annotators are numbered in order. */
export function groundTruth({ id, questionType, answerType, answers }: Question): GroundTruth {
  const records = answers.map((answer, i) => ({ answer, answer_id: i + 1 }));
  return { question_id: id, question_type: questionType, answer_type: answerType, answers: records };
}

/** The accuracies as the official files print them: percent with two decimals, halves to even as Python rounds. */
export function officialPercent(fraction: number): number {
  const percent = 100 * fraction;
  const eighths = percent * 8;
  const isTie = Number.isInteger(eighths) && eighths % 2 !== 0;
  if (!isTie) return Number(percent.toFixed(2));
  const below = Math.floor(percent * 100);
  return (below % 2 === 0 ? below : below + 1) / 100;
}

/**
 * LXMERT's score of a prediction file: what the soft labels grant, over the number of predictions (not of questions).
 * @param labels score by answer text, by question id
 */
export function evaluateLxmert(
  labels: ReadonlyMap<number, Readonly<Record<string, number>>>,
  predictions: Predictions,
): number {
  let sum = 0;
  for (const [id, answer] of predictions) {
    const label = labels.get(id);
    if (label && Object.hasOwn(label, answer)) sum += label[answer] ?? 0;
  }
  return sum / predictions.size;
}

function sameRecord(a: GroundTruth["answers"][number], b: GroundTruth["answers"][number]): boolean {
  return a.answer === b.answer && a.answer_id === b.answer_id && a.answer_confidence === b.answer_confidence;
}

class Mean {
  #sum = 0;
  #count = 0;

  add(value: number): void {
    this.#sum += value;
    this.#count++;
  }

  get value(): number {
    return this.#sum / this.#count;
  }
}

function meanOf(groups: Map<string, Mean>, key: string): Mean {
  const mean = groups.get(key) ?? new Mean();
  groups.set(key, mean);
  return mean;
}
