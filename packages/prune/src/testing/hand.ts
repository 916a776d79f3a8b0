import type { Weights } from "@ticketbench/model";
import type { Calibration, Gradients } from "../calibration.ts";
import { prune, type PruneOutcome, type PruneSettings } from "../prune.ts";

/** The weight of a layer small enough to prune by hand. */
export const HAND = "bert.encoder.layer.0.hand.weight";

/** A model of one matrix, given row by row. */
export function handWeights(rows: readonly (readonly number[])[]): Weights {
  return new Map([[HAND, { shape: [rows.length, rows[0]?.length ?? 0], values: Float32Array.from(rows.flat()) }]]);
}

/** Prunes a model of one matrix; returns which weights stay, row by row, as a string of 0 and 1, and the outcome. */
export async function pruneByHand(
  rows: readonly (readonly number[])[],
  settings: Pick<PruneSettings, "method" | "sparsity"> & Partial<PruneSettings>,
): Promise<PruneOutcome & { readonly kept: string }> {
  const outcome = await prune({ weights: handWeights(rows), scope: "encoder-matrices", seed: 1, ...settings });
  return { ...outcome, kept: outcome.mask.toBytes(HAND).join("") };
}

/** Calibration whose gradients are functions of the weights, one a batch; their mean is the gradient. */
export function gradientCalibration(...batches: ((weights: Float32Array) => readonly number[])[]): Calibration {
  const of = (weights: Weights, chosen: typeof batches): Gradients => {
    const values = weights.get(HAND)?.values ?? new Float32Array();
    const each = chosen.map((gradient) => gradient(values));
    return new Map([[HAND, values.map((_, i) => each.reduce((sum, g) => sum + (g[i] ?? NaN), 0) / each.length)]]);
  };
  return {
    batches: batches.length,
    gradients: (weights, batch) => Promise.resolve(of(weights, batch === undefined ? batches : [batches[batch]!])),
    visitInputs: () => Promise.reject(new Error("only gradients here")),
  };
}

/** Calibration whose only layer is given these rows, one batch each. */
export function inputCalibration(...batches: readonly (readonly (readonly number[])[])[]): Calibration {
  return {
    batches: batches.length,
    gradients: () => Promise.reject(new Error("only inputs here")),
    visitInputs: (_, visit) => {
      for (const rows of batches) visit(HAND, Float32Array.from(rows.flat()), rows[0]?.length ?? 0);
      return Promise.resolve();
    },
  };
}
