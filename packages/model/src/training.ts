import { bceWithLogits, type Dropout, lossAndGradients, tf } from "@ticketbench/backend";
import type { LxmertInput } from "./input.ts";
import type { Lxmert } from "./lxmert.ts";
import type { Optimiser, OptimiserStep } from "./optimiser.ts";
import type { Variables } from "./variables.ts";

/** Questions with what counts as an answer. */
export interface VqaBatch extends LxmertInput {
  /** [B, A], each the share of credit an answer gets, 0 to 1. */
  readonly targets: tf.Tensor2D;
}

export interface TrainingStep extends OptimiserStep {
  /** Before the step; binary cross-entropy summed over answers, mean over the batch. */
  readonly loss: number;
  /** [B], the answer each question got before the step. */
  readonly answers: Int32Array;
  /** Credit those answers got, summed over the batch: divide by the questions for an accuracy. */
  readonly correct: number;
}

/** Loss and gradients by parameter name; parameters that the loss does not reach are left out. Dispose of them. */
export interface Gradients {
  readonly loss: tf.Scalar;
  readonly gradients: ReadonlyMap<string, tf.Tensor>;
}

/** Gradients of a loss with respect to named parameters. */
export function gradientsOf(parameters: Variables, loss: () => tf.Scalar): Gradients {
  const { value, gradients } = lossAndGradients(loss, [...parameters.values()]);
  const named = [...parameters.keys()].flatMap((name, i) => {
    const gradient = gradients[i];
    return gradient == null ? [] : [[name, gradient] as const];
  });
  return { loss: value, gradients: new Map(named) };
}

/**
 * One training step of VQA: forward, loss, backward, clip, optimise; every tensor made on the way is gone afterwards.
 * The dropout masks are those of the optimiser's step count, so a resumed run draws them again.
 * @param dropout null trains without
 */
export async function trainStep(
  model: Lxmert,
  optimiser: Optimiser,
  batch: VqaBatch,
  dropout: Dropout | null,
): Promise<TrainingStep> {
  // Kept by hand and not in a scope: what others make while this step waits for the engine is theirs.
  const kept: tf.Tensor[] = [];
  try {
    dropout?.startStep(optimiser.steps);
    const { loss, gradients } = gradientsOf(model.parameters, () => {
      const { logits } = model.forward(batch, dropout);
      kept.push(tf.keep(logits));
      return bceWithLogits(logits, batch.targets);
    });
    kept.push(loss);
    const step = await optimiser.step(gradients);
    const [scores, losses] = await Promise.all(kept.map((tensor) => tensor.data<"float32">()));
    const answers = bestAnswers(scores as Float32Array, batch.batch);
    const correct = credit(await batch.targets.data<"float32">(), answers);
    return { ...step, loss: losses?.[0] as number, answers, correct };
  } finally {
    tf.dispose(kept);
  }
}

/** Scores of every answer for every question, without dropout: [B * A], row after row. */
export async function answerLogits(model: Lxmert, input: LxmertInput): Promise<Float32Array> {
  const logits = tf.tidy(() => model.forward(input, null).logits);
  const values = await logits.data<"float32">();
  logits.dispose();
  return values;
}

/** The answer with the highest score in each row; the first of equals. */
export function bestAnswers(logits: ArrayLike<number>, batch: number): Int32Array<ArrayBuffer> {
  const answers = logits.length / batch;
  return Int32Array.from({ length: batch }, (_, row) => {
    let best = 0;
    for (let i = 1; i < answers; i++)
      if ((logits[row * answers + i] as number) > (logits[row * answers + best] as number)) best = i;
    return best;
  });
}

function credit(targets: Float32Array, answers: Int32Array): number {
  const width = targets.length / answers.length;
  return answers.reduce((sum, answer, row) => sum + (targets[row * width + answer] as number), 0);
}
