import { randomStream } from "@ticketbench/backend";
import { sizeOf, type Weights } from "@ticketbench/model";
import { type Allocation, type Granularity, unitsOf } from "./allocation.ts";
import type { Calibration } from "./calibration.ts";
import type { Method, Pruned, PruneContext, Training } from "./define-method.ts";
import { Mask } from "./mask.ts";
import { parseParams } from "./params.ts";
import { PruneError } from "./prune-error.ts";
import { prunableNames, type Scope, type ScopeName } from "./scope.ts";
import { selectInUnits } from "./select.ts";
import { byName, shapesOf } from "./shapes.ts";

/** A request to prune. */
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
  /** Finds another method by name, for a control that prunes as that one does. */
  readonly load?: ((method: string) => Promise<Method>) | undefined;
  /** Training questions, for a method that needs calibration or gradients. */
  readonly calibration?: Calibration | undefined;
  /** Trains a ticket, for a method that needs training. */
  readonly training?: Training | undefined;
  /** Where and how scores are ranked when the method leaves it open; global and uniform if the study does too. */
  readonly granularity?: Granularity | undefined;
  readonly allocation?: Allocation | undefined;
}

/**
 * What the method gets to see, once the request is checked. Throws a PruneError for a sparsity, scope, weight or parameter
 * that cannot be.
 * @param pruneAs makes the mask of the same request by another method
 */
export function contextOf(
  settings: PruneSettings,
  pruneAs: (settings: PruneSettings) => Promise<Pruned>,
): PruneContext {
  const { method, params, weights, scope, sparsity, seed } = settings;
  if (!(sparsity >= 0 && sparsity < 1))
    throw new PruneError(`sparsity ${sparsity}: give the share to remove, from 0 up to but not 1 (0.7 removes 70 %)`);
  const shapes = shapesOf(weights);
  const prunable = [...prunableNames(shapes, scope)].sort(byName);
  const size = prunable.reduce((sum, name) => sum + sizeOf(shapes.get(name) ?? []), 0);
  const granularity = method.granularity ?? settings.granularity ?? "global";
  const allocation = method.allocation ?? settings.allocation ?? "uniform";
  for (const name of prunable) checkWeights(name, weights.get(name)?.values ?? new Float32Array());
  return {
    weights,
    shapes,
    prunable,
    params: parseParams(method, params),
    sparsity,
    keep: size - Math.round(sparsity * size),
    select: (scores, keep) =>
      new Mask(shapes, selectInUnits(scores, unitsOf(shapes, prunable, keep, granularity, allocation))),
    random: (name) => randomStream(seed, `mask/${name}`),
    pruneWith: async (name, others) => {
      if (settings.load === undefined) throw new PruneError(`${method.title} needs other methods: give it load`);
      return await pruneAs({ ...settings, method: await settings.load(name), params: others });
    },
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

/** A NaN or an infinity would be ranked like a weight. */
function checkWeights(name: string, values: Float32Array): void {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] as number) * 0;
  if (sum === 0) return;
  const index = values.findIndex((value) => !Number.isFinite(value));
  throw new PruneError(`weights of ${name}: ${values[index]} at index ${index}; the training they come from diverged`);
}
