import { ANSWER_TYPES, type Batch, type BatchLoader, type Question, softScores } from "@ticketbench/data-vqa";
import {
  answerLogits,
  bestAnswers,
  disposeInput,
  type Lxmert,
  type LxmertArrays,
  type LxmertInput,
  lxmertInput,
  shareTexts,
} from "@ticketbench/model";
import { packPredictions, packScores, type Phase, recomputeAccuracy } from "@ticketbench/results";
import type { CellContext } from "../run/program.ts";

/** A batch as the network takes it. Dispose of it with `disposeInput`. */
export function inputOf(model: Lxmert, batch: Batch): LxmertInput {
  return lxmertInput(model.config, arraysOf(batch));
}

function arraysOf({ size, tokenLength, tokens, textMask, regions, features, boxes }: Batch): LxmertArrays {
  return { batch: size, tokenLength, tokens, textMask, regions, features, boxes };
}

/** Answers every question of the loader: indices into the dataset's answers, in the order of the questions. */
export async function predict(
  model: Lxmert,
  loader: BatchLoader,
  phase: string,
  context: CellContext,
): Promise<Int32Array> {
  const predictions = new Int32Array(loader.questions.length);
  const steps = loader.batchCount();
  let step = 0;
  // Padding changes no answer, and takes time; so does reading one text again for each question that asks it.
  for await (const batch of loader.prefetched(loader.byLength())) {
    const input = lxmertInput(model.config, shareTexts(arraysOf(batch)));
    const answers = bestAnswers(await answerLogits(model, input), batch.size);
    disposeInput(input);
    for (const [row, question] of batch.rows.entries()) predictions[question] = answers[row] as number;
    context.report({ phase, step: ++step, steps });
    await context.breathe();
  }
  return predictions;
}

/** One evaluation as a result holds it: per-question scores, and the accuracies that follow from them. */
export async function evaluate(
  model: Lxmert,
  loader: BatchLoader,
  phase: string,
  context: CellContext,
): Promise<Phase> {
  const predictions = await predict(model, loader, phase, context);
  const { questions } = loader;
  const given = softScores(questions, predictions);
  const scores = packScores(given);
  const accuracy = recomputeAccuracy(scores);
  const steps = loader.batchCount();
  context.report({ phase, step: steps, steps, accuracy });
  return { accuracy, byAnswerType: byAnswerType(questions, given), scores, predictions: packPredictions(predictions) };
}

/** Accuracy of each answer type that occurs; in whole tenths, so that no rounding adds up. */
function byAnswerType(questions: readonly Question[], scores: Float32Array): Phase["byAnswerType"] {
  const rows: Phase["byAnswerType"] = {};
  for (const type of ANSWER_TYPES) {
    const tenths = questions.flatMap(({ answerType }, i) =>
      answerType === type ? [Math.round((scores[i] as number) * 10)] : [],
    );
    if (tenths.length === 0) continue;
    rows[type] = {
      accuracy: tenths.reduce((sum, tenth) => sum + tenth, 0) / (10 * tenths.length),
      questions: tenths.length,
    };
  }
  return rows;
}
