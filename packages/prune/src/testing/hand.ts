import type { Weights } from "@ticketbench/model";
import type { Calibration, Gradients } from "../calibration.ts";
import type { Method } from "../define-method.ts";
import { Mask } from "../mask.ts";
import { prune, type PruneOutcome, startSchedule } from "../prune.ts";
import type { PruneSettings } from "../prune-context.ts";
import { shapesOf } from "../shapes.ts";

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

/** The naive selection: a loop over all scores for each of them; higher stays, of equals the first. */
export function keepBySearch(scores: readonly number[], keep: number): string {
  const stays = scores.map((score, i) => {
    let before = 0;
    for (const [j, other] of scores.entries()) if (other > score || (other === score && j < i)) before++;
    return before < keep;
  });
  return stays.map((stay) => (stay ? "1" : "0")).join("");
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

/** Runs a schedule on a model of one matrix that "trains" as told; returns what is held at each step, as 0 and 1. */
export async function heldByHand(
  method: Method,
  rows: readonly (readonly number[])[],
  run: {
    readonly sparsity: number;
    readonly totalSteps: number;
    readonly params?: unknown;
    /** The weights before each step, given those held so far. */
    readonly weightsAt?: (step: number) => readonly number[];
    readonly gradientsAt?: (step: number) => readonly number[];
    /** Told what the schedule sets before a step. */
    readonly onSet?: (values: Float32Array) => void;
  },
): Promise<readonly string[]> {
  const weights = handWeights(rows);
  const schedule = startSchedule({ method, weights, scope: "encoder-matrices", seed: 1, ...run });
  let mask = Mask.dense(shapesOf(weights), [HAND]);
  const held: string[] = [];
  for (let step = 0; step < run.totalSteps; step++) {
    const values = Float32Array.from(run.weightsAt?.(step) ?? rows.flat());
    const now = mask.apply(new Map([[HAND, { shape: weights.get(HAND)?.shape ?? [], values }]]));
    const gradients = new Map([[HAND, Float32Array.from(run.gradientsAt?.(step) ?? [])]]);
    const set = (weights: Weights) => Promise.resolve(run.onSet?.(weights.get(HAND)?.values ?? values));
    const state = { weights: () => Promise.resolve(now), gradients: () => Promise.resolve(gradients), set };
    mask = (await schedule.maskAt(step, state)) ?? mask;
    held.push(mask.toBytes(HAND).join(""));
  }
  return held;
}
