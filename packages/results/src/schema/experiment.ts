import { z } from "zod";
import { amount, count, fraction, hash, label } from "./scalar.ts";

/** The study a cell belongs to, as it was resolved when the plan was frozen. */
export const study = z.strictObject({
  name: label,
  hash,
  resolved: z.record(z.string(), z.json()),
});

/** How the mask was chosen. `version` hashes the method's code, so that changed code is a changed method. */
export const method = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "expected words of a-z and 0-9 joined by '-'"),
  title: label,
  version: hash,
  params: z.record(z.string(), z.json()),
});

/** The study's choices that decide a ticket beside its method. */
export const pruning = z.strictObject({
  /** Among which weights a score is ranked, unless the method says so itself. */
  granularity: z.enum(["global", "layer", "row"]),
  /** Who keeps how many: the same share everywhere, Erdos-Renyi-Kernel, or shares by module relative to each other. */
  allocation: z.union([z.enum(["uniform", "erk"]), z.record(z.string(), amount)]),
  retraining: z.enum(["masked", "dense"]),
  /** Step of the fine-tune whose weights the ticket goes back to; 0 is the start. */
  rewindStep: count,
});

/** What accuracy means without a model: one answer for all questions, one answer for each question string. */
const floors = z.strictObject({
  constantAnswer: fraction,
  questionPrior: fraction,
});

/** Images that a training split shares with one that is evaluated, and how many of its questions are about them. */
const leak = z.strictObject({ training: label, evaluation: label, images: z.int().min(1), questions: z.int().min(1) });

/** The data a cell is scored on. `split` is reported; the epoch is picked on `selectionSplit` (null: last epoch). */
export const dataset = z.strictObject({
  name: label,
  hash,
  split: label,
  selectionSplit: label.nullable(),
  questions: z.int().min(1),
  floors,
  /** Counted before training; empty where nothing is shared. */
  leaks: z.array(leak).optional(),
});

/** The network: its sizes, and the weights that it started from. */
export const model = z.strictObject({
  config: z.record(z.string(), z.json()),
  startWeights: hash,
  parameters: z.int().min(1),
});

/** [kept, pruned] weights of the prunable tensors, by module; what is not listed is not prunable. */
export const ledger = z.strictObject({
  modules: z.record(z.string(), z.tuple([count, count])),
  /**
   * Weights by which a correct mask may miss its target: the smallest group the method removes at once, times the number
   * of groups rounded on their own. 1 for global unstructured pruning; the number of tensors for layer-wise.
   */
  resolution: z.int().min(1),
});

/** Weights the mask removes, and how many of those are zero on the saved, retrained checkpoint. */
export const zeroMask = z.strictObject({ asked: count, zerosOnCheckpoint: count });
