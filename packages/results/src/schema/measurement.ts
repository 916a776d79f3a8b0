import { z } from "zod";
import { amount, count, fraction, label, packedScores, packedSymbols, seconds } from "./scalar.ts";

/** The points at which a cell is evaluated, in order. */
export const phaseNames = ["dense", "pruned", "rewound", "retrained"] as const;
export type PhaseName = (typeof phaseNames)[number];

/** VQA's answer types, in the field's order. */
export const answerTypes = ["yes/no", "number", "other"] as const;
export type AnswerType = (typeof answerTypes)[number];

const typeAccuracy = z.strictObject({ accuracy: fraction, questions: count });

/** One evaluation. `accuracy` is a convenience: readers recompute it from `scores`. */
export const phase = z.strictObject({
  accuracy: fraction,
  byAnswerType: z.partialRecord(z.enum(answerTypes), typeAccuracy),
  scores: packedScores,
  /** Answers as indices into the dataset's answer list. */
  predictions: packedSymbols.optional(),
});

/** The moments at which a ticket is evaluated; a cell has those that its method and study ask for. */
export const phases = z.strictObject({
  dense: phase.optional(),
  pruned: phase.optional(),
  rewound: phase.optional(),
  retrained: phase.optional(),
});

const epoch = z.strictObject({
  loss: z.number(),
  trainAccuracy: fraction.nullable(),
  selectionAccuracy: fraction.nullable(),
  learningRate: amount,
  /** In training steps, reading their questions included; evaluations are not. */
  seconds,
});

/** One training run inside a cell: the fine-tune, each round of an iterative method, the retraining. */
export const trainingStage = z.strictObject({
  stage: label,
  epochs: z.array(epoch),
  /** 0-based epoch whose weights went on. */
  selectedEpoch: count,
});

/** What the cell took: seconds by stage, training samples a second, memory at its peak, arithmetic trained with. */
export const cost = z.strictObject({
  seconds: z.record(z.string(), seconds),
  samplesPerSecond: amount,
  peakMemoryBytes: count,
  trainingFlops: amount,
  findMaskSeconds: seconds,
});

/** Size of the saved weights: as dense float32, sparse-encoded, and sparse-encoded then compressed. */
export const bytes = z.strictObject({ dense: count, sparse: count, compressed: count });

/** Multiply-adds times two for one question, of the dense model and counting only kept weights. */
export const inferenceFlops = z.strictObject({ dense: amount, sparse: amount });

/** Measured on this cell's hardware and engine, in milliseconds a batch: medians of `repeats` turns each. */
export const latency = z.strictObject({
  /** The unpruned network. */
  denseMilliseconds: amount,
  /** The pruned network as it runs: its zeros are computed with. */
  sparseMilliseconds: amount,
  /** With removed neurons taken out of the network, where the method removes whole ones. */
  compactMilliseconds: amount.optional(),
  batchSize: z.int().min(1),
  repeats: z.int().min(1),
});
