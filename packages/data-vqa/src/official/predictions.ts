import { z } from "zod";
import { DataError } from "../error.ts";
import { readJsonList } from "./json-list.ts";
import { parseRecord, refuseTwice } from "./records.ts";

/** Predicted answers by question id. */
export type Predictions = ReadonlyMap<number, string>;

/** One entry of a prediction file. */
export const predictionRecord = z.object({ question_id: z.int(), answer: z.string() });

/** Read a prediction file as EvalAI takes it: a list of `{question_id, answer}`. Throws DataError for what is not one. */
export function readPredictions(path: string): Map<number, string> {
  const predictions = new Map<number, string>();
  readJsonList(path, null, (entry, index) => {
    const { question_id: id, answer } = parseRecord(predictionRecord, entry, path, index);
    refuseTwice(predictions, id, path);
    predictions.set(id, answer);
  });
  return predictions;
}

/** Predictions as EvalAI takes them, one a line: the text of their file. */
export function predictionsText(predictions: Predictions): string {
  const lines = [...predictions].map(([question_id, answer]) => JSON.stringify({ question_id, answer }));
  return `[\n${lines.join(",\n")}\n]\n`;
}

/** The official rule: exactly the annotated questions are answered, no more and no fewer. */
export function checkPredictedIds(
  predictions: Predictions,
  annotated: { has(id: number): boolean; size: number },
): void {
  const strangers = [...predictions.keys()].filter((id) => !annotated.has(id));
  if (strangers.length > 0) {
    throw new DataError(`${strangers.length} predictions are for questions without annotation, e.g. ${strangers[0]}`);
  }
  if (predictions.size < annotated.size) {
    throw new DataError(
      `${annotated.size - predictions.size} of ${annotated.size} annotated questions have no prediction`,
    );
  }
}
