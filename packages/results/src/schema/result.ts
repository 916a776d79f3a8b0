import { z } from "zod";
import { dataset, ledger, method, model, pruning, study, zeroMask } from "./experiment.ts";
import { bytes, cost, inferenceFlops, latency, type phase, phases, trainingStage } from "./measurement.ts";
import { failure, hardware, provenance } from "./origin.ts";
import { count, fraction, hash, label } from "./scalar.ts";

/** Of result files; older ones are migrated when they are read. */
export const currentVersion = 1;

/** Tracks are never ranked together. */
export const tracks = ["mini", "text", "full"] as const;

/**
 * Rules a cell was run under: the fixed recipe, any recipe, or a study repeated with its faults. Guards that a fault
 * would trip (label, held mask, selection split) do not apply to `as-coded`, and its results are never ranked.
 */
export const divisions = ["closed", "open", "as-coded"] as const;

/** How far a result can be trusted: the author's word, re-made on the project's runner, or signed by it. */
export const tiers = ["self-reported", "reproduced", "attested"] as const;

const identity = {
  schemaVersion: z.literal(currentVersion),
  /** Hash of the cell's canonical content. */
  id: hash,
  kind: z.enum(["dense", "ticket"]),
  track: z.enum(tracks),
  division: z.enum(divisions).default("closed"),
  study,
  /** null for the dense fine-tune. */
  method: method.nullable(),
  /** Which tensors may be pruned, by the scope's name. */
  scope: label,
  seed: count,
  /** Sparsity asked for, as a fraction of the prunable weights; 0 for dense. */
  target: fraction,
  /** What the study that an as-coded cell repeats called this sparsity. */
  publishedAs: fraction.optional(),
  /** How a ticket was ranked, retrained and rewound; left out for dense cells. */
  pruning: pruning.optional(),
  /** The dense cell a ticket was cut from; null for dense. */
  denseId: hash.nullable(),
  /** Seed of each named random stream. */
  seeds: z.record(z.string(), count),
  provenance,
  hardware,
  tier: z.enum(tiers).default("self-reported"),
  /** File name, without ".json", of the result this one replaces. */
  supersedes: z
    .string()
    .regex(/^[0-9a-f]{16,64}(\.\d+)?$/, "expected the name of a result file, without .json")
    .optional(),
  createdAt: z.iso.datetime(),
};

/** A cell that ran to its end. */
export const doneResult = z.strictObject({
  ...identity,
  status: z.literal("done"),
  dataset,
  model,
  /** Sparsity counted on the mask: of the prunable weights, and of the whole model. */
  measured: z.strictObject({ prunable: fraction, total: fraction }),
  ledger,
  maskHash: hash.nullable(),
  /** null for dense cells and for cells without a retrained checkpoint. */
  zeroMask: zeroMask.nullable(),
  phases,
  training: z.array(trainingStage),
  cost,
  bytes,
  flops: inferenceFlops.optional(),
  latency: latency.optional(),
});

/** A cell that did not: a failure is a recorded result. */
export const failedResult = z.strictObject({ ...identity, status: z.literal("failed"), failure });

/** One cell's result, version 1: a finished measurement, or a failure with its reason. */
export const resultSchema = z.discriminatedUnion("status", [doneResult, failedResult]);

export type Result = z.output<typeof resultSchema>;
export type ResultInput = z.input<typeof resultSchema>;
export type DoneResult = z.output<typeof doneResult>;
export type FailedResult = z.output<typeof failedResult>;
export type Phase = z.output<typeof phase>;
export type Ledger = z.output<typeof ledger>;
export type TrainingStage = z.output<typeof trainingStage>;
