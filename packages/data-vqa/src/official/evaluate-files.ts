import { DataError } from "../error.ts";
import { annotatorScore, countAnswers } from "../label.ts";
import { evaluateOfficial, type GroundTruth, officialPercent, type OfficialReport, reportScores } from "./evaluate.ts";
import { checkPredictedIds, type Predictions, readPredictions } from "./predictions.ts";
import { readAnnotations, readQuestions } from "./records.ts";

/** `official`: VQA's own evaluation. `lxmert`: what soft labels grant, over the annotators' strings as they are. */
export const METRICS = ["official", "lxmert"] as const;
export type Metric = (typeof METRICS)[number];

/** Accuracies in percent with two decimals, as the official evaluation prints them. */
export interface EvaluationSummary {
  readonly overall: number;
  readonly perAnswerType: Readonly<Record<string, number>>;
  readonly perQuestionType: Readonly<Record<string, number>>;
  readonly n: number;
}

export interface Evaluation {
  readonly summary: EvaluationSummary;
  /** Percent, by question id. */
  readonly perQuestion: Readonly<Record<string, number>>;
}

/** Evaluate a prediction file against an official pair of questions and annotations. Throws DataError where they disagree. */
export function evaluateFiles(
  files: { readonly questions: string; readonly annotations: string; readonly predictions: string },
  metric: Metric = "official",
): Evaluation {
  const annotations = readAnnotations(files.annotations);
  const { records } = readQuestions(files.questions);
  const unknown = records.find(({ question_id }) => !annotations.has(question_id));
  if (unknown || records.length !== annotations.size) {
    const example = unknown ? `, e.g. ${unknown.question_id} is not annotated` : "";
    throw new DataError(
      `${files.questions} has ${records.length} questions, ${files.annotations} annotates ${annotations.size}${example}; ` +
        `give the two files of one split`,
    );
  }
  const truths = [...annotations.values()];
  const predictions = readPredictions(files.predictions);
  const report = metric === "official" ? evaluateOfficial(truths, predictions) : evaluateSoft(truths, predictions);
  return {
    summary: {
      overall: officialPercent(report.overall),
      perAnswerType: percent(Object.entries(report.perAnswerType)),
      perQuestionType: percent(Object.entries(report.perQuestionType)),
      n: report.n,
    },
    perQuestion: percent([...report.perQuestion].map(([id, score]) => [String(id), score])),
  };
}

function evaluateSoft(truths: readonly GroundTruth[], predictions: Predictions): OfficialReport {
  checkPredictedIds(predictions, new Set(truths.map(({ question_id }) => question_id)));
  return reportScores(truths, ({ question_id, answers }) => {
    const counts = countAnswers(answers.map(({ answer }) => answer));
    return annotatorScore(counts.get(predictions.get(question_id) ?? "") ?? 0);
  });
}

function percent(fractions: readonly (readonly [string, number])[]): Record<string, number> {
  return Object.fromEntries(fractions.map(([key, fraction]) => [key, officialPercent(fraction)]));
}
