import { type Lxmert, Optimiser, type OptimiserMasks, type VqaBatch } from "@ticketbench/model";
import { meanGradients } from "./calibration.ts";
import type { TrainingState } from "./define-method.ts";
import type { Mask } from "./mask.ts";

/** The mask as the optimiser step takes it. */
export function optimiserMasks(mask: Mask): OptimiserMasks {
  return new Map(mask.prunable.map((name) => [name, mask.toBytes(name)]));
}

/**
 * The optimiser that goes on from where this one stands under another mask: pruned weights become 0 at once, their
 * moments with the next step. The old optimiser is disposed of.
 */
export async function changeMask(model: Lxmert, optimiser: Optimiser, mask: Mask): Promise<Optimiser> {
  const state = await optimiser.snapshot();
  optimiser.dispose();
  const next = new Optimiser(model.parameters, optimiser.settings, optimiserMasks(mask));
  next.load(state);
  return next;
}

/** What a schedule may look at before the step on this batch. Nothing is computed until it is asked for. */
export function trainingState(model: Lxmert, batch: VqaBatch): TrainingState {
  return {
    weights: () => model.snapshot(),
    gradients: () => meanGradients(model, [batch]),
    set: async (weights) => model.load(new Map([...(await model.snapshot()), ...weights])),
  };
}
