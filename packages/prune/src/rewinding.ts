import { initialise, type LxmertConfig, type Weights } from "@ticketbench/model";
import type { Mask } from "./mask.ts";
import { PruneError } from "./prune-error.ts";

/** Where the weights that stay go back to: a stored training step (0 is the start), or new weights nobody trained. */
export type RewindPoint = { readonly step: number } | { readonly freshSeed: number };

/** Stored weights by training step; null for a step that was not stored. */
export type StoredWeights = (step: number) => Promise<Weights | null>;

/**
 * The ticket: the weights of that point under the mask. Step 0 is the lottery ticket's start (Frankle and Carbin 2019),
 * a later one late rewinding (Frankle et al. 2020), a fresh seed (another than the start's own) the control that asks whether the start mattered.
 * @throws PruneError when the step was not stored
 */
export async function rewind(
  mask: Mask,
  point: RewindPoint,
  stored: StoredWeights,
  config: LxmertConfig,
): Promise<Weights> {
  if ("freshSeed" in point) return mask.apply(initialise(config, point.freshSeed));
  const weights = await stored(point.step);
  if (weights === null)
    throw new PruneError(`cannot rewind to step ${point.step}: its weights were not stored; store them while training`);
  return mask.apply(weights);
}
