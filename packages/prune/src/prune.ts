import { randomStream } from "@ticketbench/backend";
import { sizeOf, type Weights } from "@ticketbench/model";
import type { z } from "zod";
import { type Allocation, type Granularity, unitsOf } from "./allocation.ts";
import type { Calibration } from "./calibration.ts";
import type { Method, Pruned, PruneContext, Schedule, ScoreMethod, Training } from "./define-method.ts";
import { type Ledger, ledgerOf } from "./ledger.ts";
import { Mask } from "./mask.ts";
import { explainMiss } from "./miss.ts";
import { moduleOf } from "./parameter.ts";
import { PruneError } from "./prune-error.ts";
import { prunableNames, type Scope, type ScopeName } from "./scope.ts";
import { selectInUnits } from "./select.ts";
import { byName, shapesOf } from "./shapes.ts";

export interface PruneSettings {
  readonly method: Method;
  /** Checked against the method's own schema. */
  readonly params?: unknown;
  readonly weights: Weights;
  readonly scope: Scope | ScopeName;
  /** The share of the prunable weights to remove, in [0, 1). */
  readonly sparsity: number;
  readonly seed: number;
  /** Attention heads a layer, for a method that removes whole heads. */
  readonly heads?: number | undefined;
  /** Training questions, for a method that needs calibration or gradients. */
  readonly calibration?: Calibration | undefined;
  /** Trains a ticket, for a method that needs training. */
  readonly training?: Training | undefined;
  /** Override the method's own choices. */
  readonly granularity?: Granularity | undefined;
  readonly allocation?: Allocation | undefined;
}

export interface PruneOutcome {
  readonly mask: Mask;
  /** Counted from the mask: the measured sparsity is here, never the target. */
  readonly ledger: Ledger;
  /** The weights under the mask, those that stay updated if the method updates them. */
  readonly weights: Weights;
}

/**
 * Prunes a model with a method: checks the request, makes the mask, checks it against the target to half a weight and
 * counts it. Throws a PruneError for a mistake in the request or in the method.
 */
export async function prune(settings: PruneSettings): Promise<PruneOutcome> {
  const context = contextOf(settings);
  const { method } = settings;
  const { mask, weights = settings.weights } = await makeMask(method, context, settings);
  checkScope(mask, context);
  if (!("count" in method) || method.count === "exact") checkCount(mask, context);
  return { mask, ledger: ledgerOf(mask), weights: mask.apply(weights) };
}

async function makeMask(method: Method, context: PruneContext, settings: PruneSettings): Promise<Pruned> {
  if ("score" in method) return scoredMask(method, context, settings);
  if ("mask" in method) return method.mask(context);
  throw new PruneError(`${method.title} prunes while training: start it with startSchedule`);
}

/**
 * Starts a method that prunes while it trains. Every mask it gives is checked against the scope, and the one it holds at
 * the last step against the target. Throws a PruneError for a mistake in the request or in the method.
 */
export function startSchedule(settings: PruneSettings & { readonly totalSteps: number }): Schedule {
  const { method, totalSteps } = settings;
  if (!("schedule" in method)) throw new PruneError(`${method.title} is no schedule: use prune`);
  const context = Object.assign(contextOf(settings), { totalSteps });
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

/** Parses a method's parameters; a wrong one is a PruneError that names it. */
export function parseParams(method: Method, params: unknown): unknown {
  const parsed = method.params.safeParse(params ?? {});
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new PruneError(`${method.title}, parameter ${issue?.path.join(".") || "object"}: ${issue?.message ?? "wrong"}`);
}

function contextOf(settings: PruneSettings): PruneContext {
  const { method, params, weights, scope, sparsity, seed } = settings;
  if (!(sparsity >= 0 && sparsity < 1))
    throw new PruneError(`sparsity ${sparsity}: give the share to remove, from 0 up to but not 1 (0.7 removes 70 %)`);
  const shapes = shapesOf(weights);
  const prunable = [...prunableNames(shapes, scope)].sort(byName);
  const size = prunable.reduce((sum, name) => sum + sizeOf(shapes.get(name) ?? []), 0);
  for (const name of prunable) checkWeights(name, weights.get(name)?.values ?? new Float32Array());
  return {
    weights,
    shapes,
    prunable,
    params: parseParams(method, params),
    sparsity,
    keep: size - Math.round(sparsity * size),
    random: (name) => randomStream(seed, `mask/${name}`),
    get heads() {
      if (settings.heads === undefined) throw new PruneError(`${method.title} needs the number of heads: give heads`);
      return settings.heads;
    },
    get calibration() {
      return granted(settings, "calibration", ["calibration", "gradients"]);
    },
    get training() {
      return granted(settings, "training", ["training"]);
    },
  };
}

/** What the method asked for and the caller gave; a PruneError says which of the two did not. */
function granted<Key extends "calibration" | "training">(
  settings: PruneSettings,
  key: Key,
  needs: readonly Method["needs"][],
): NonNullable<PruneSettings[Key]> {
  const { method } = settings;
  if (!needs.includes(method.needs))
    throw new PruneError(`${method.title} says it needs ${method.needs} but reads ${key}: set needs to "${needs[0]}"`);
  const given = settings[key];
  if (given === undefined) throw new PruneError(`${method.title} needs ${method.needs}: give it ${key}`);
  return given;
}

function checkWeights(name: string, values: Float32Array): void {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] as number) * 0;
  if (sum === 0) return;
  const index = values.findIndex((value) => !Number.isFinite(value));
  throw new PruneError(`weights of ${name}: ${values[index]} at index ${index}; the training they come from diverged`);
}

async function scoredMask(
  method: ScoreMethod<z.ZodType, unknown>,
  context: PruneContext,
  settings: PruneSettings,
): Promise<Pruned> {
  const { shapes, prunable, params, weights } = context;
  const evidence = await method.prepare?.(context);
  const scores = new Map<string, Float32Array>();
  for (const name of prunable) {
    const { shape, values } = weights.get(name) as { shape: readonly number[]; values: Float32Array };
    const random = context.random(name);
    const given = method.score({ name, module: moduleOf(name), shape, values, params, random, evidence });
    scores.set(name, checkScores(name, given, values.length));
  }
  const granularity = settings.granularity ?? method.granularity ?? "global";
  const allocation = settings.allocation ?? method.allocation ?? "uniform";
  const units = unitsOf(shapes, prunable, context.keep, granularity, allocation);
  return { mask: new Mask(shapes, selectInUnits(scores, units)) };
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
