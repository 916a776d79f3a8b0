import type { Weights } from "@ticketbench/model";
import type { z } from "zod";
import type { Method, Pruned, PruneContext, Schedule, ScheduleMethod, ScoreMethod } from "./define-method.ts";
import { type Ledger, ledgerOf } from "./ledger.ts";
import { Mask } from "./mask.ts";
import { explainMiss } from "./miss.ts";
import { moduleOf } from "./parameter.ts";
import { contextOf, type PruneSettings } from "./prune-context.ts";
import { PruneError } from "./prune-error.ts";

export interface PruneOutcome {
  readonly mask: Mask;
  /** Counted from the mask: the measured sparsity is here, never the target. */
  readonly ledger: Ledger;
  /** The weights under the mask, those that stay updated if the method updates them. */
  readonly weights: Weights;
  /** What to put the mask on before retraining; `fresh` is for controls, see rewind. */
  readonly rewindTo: "start" | "fresh";
  /** Weights by which the count may miss the target: 1 where weights go one by one. */
  readonly resolution: number;
}

/**
 * Prunes a model with a method: checks the request, makes the mask, checks it against the target to half a weight and
 * counts it. A schedule is followed to the end of the training that the request brings. Throws a PruneError for a mistake
 * in the request or in the method.
 */
export async function prune(settings: PruneSettings): Promise<PruneOutcome> {
  const context = contextOf(settings, prune);
  const { method } = settings;
  const pruned = await ("schedule" in method ? follow(settings, context) : makeMask(method, context));
  const { mask, weights = settings.weights, rewindTo = "start", resolution = 1 } = pruned;
  checkScope(mask, context);
  if (!("count" in method) || method.count === "exact") checkCount(mask, context);
  return { mask, ledger: ledgerOf(mask), weights: mask.apply(weights), rewindTo, resolution };
}

async function makeMask(method: Exclude<Method, ScheduleMethod<z.ZodType>>, context: PruneContext): Promise<Pruned> {
  return "score" in method ? scoredMask(method, context) : method.mask(context);
}

function follow(settings: PruneSettings, { training }: PruneContext): Promise<Pruned> {
  return training.follow((weights, totalSteps) => startSchedule({ ...settings, weights, totalSteps }));
}

/**
 * Starts a method that prunes while it trains. Every mask it gives is checked against the scope, and the one it holds at
 * the last step against the target. Throws a PruneError for a mistake in the request or in the method.
 */
export function startSchedule(settings: PruneSettings & { readonly totalSteps: number }): Schedule {
  const { method, totalSteps } = settings;
  if (!("schedule" in method)) throw new PruneError(`${method.title} is no schedule: use prune`);
  const context = Object.assign(contextOf(settings, prune), { totalSteps });
  const schedule = method.schedule(context);
  let held = Mask.dense(context.shapes, context.prunable);
  return {
    async maskAt(step, state) {
      const mask = await schedule.maskAt(step, state);
      held = mask ?? held;
      checkScope(held, context);
      if (step === totalSteps - 1) checkCount(held, context);
      return mask;
    },
  };
}

async function scoredMask(method: ScoreMethod<z.ZodType, unknown>, context: PruneContext): Promise<Pruned> {
  const { prunable, params, weights } = context;
  const evidence = await method.prepare?.(context);
  const scores = new Map<string, Float32Array>();
  for (const name of prunable) {
    const { shape, values } = weights.get(name) as { shape: readonly number[]; values: Float32Array };
    const random = context.random(name);
    const given = method.score({ name, module: moduleOf(name), shape, values, params, random, evidence });
    scores.set(name, checkScores(name, given, values.length));
  }
  return { mask: context.select(scores, context.keep) };
}

function checkScores(name: string, scores: unknown, length: number): Float32Array {
  if (!(scores instanceof Float32Array))
    throw new PruneError(`scores of ${name}: a Float32Array is needed, one number a weight`);
  if (scores.length !== length)
    throw new PruneError(`scores of ${name}: ${scores.length} numbers for ${length} weights; give one a weight`);
  return scores;
}

/** The mask must be of this model, leave everything outside the scope whole, and have an entry for all inside. */
function checkScope(mask: Mask, { weights, prunable }: PruneContext): void {
  mask.checkModel(weights);
  const names = new Set(prunable);
  const outside = mask.prunable.find((name) => !names.has(name));
  if (outside !== undefined)
    throw new PruneError(`the method pruned ${outside}, which is not in the scope: prune context.prunable alone`);
  const own = new Set(mask.prunable);
  const missing = prunable.find((name) => !own.has(name));
  if (missing !== undefined)
    throw new PruneError(`the method's mask has nothing on ${missing}: cover every name of context.prunable`);
}

function checkCount(mask: Mask, { weights, keep, sparsity }: PruneContext): void {
  if (mask.kept() !== keep) throw new PruneError(explainMiss(mask, weights, sparsity, keep));
}
