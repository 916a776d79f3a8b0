import {
  adamW,
  type LxmertConfig,
  Lxmert,
  Optimiser,
  trainStep,
  type VqaBatch,
  type Weights,
} from "@ticketbench/model";
import type { Mask } from "../mask.ts";
import { changeMask } from "../masked-training.ts";
import { failed, passed, type Verdict } from "./finding.ts";
import type { Subject } from "./subject.ts";

/** A training run that promises to hold a mask. */
export interface MaskedTrainer {
  /** One optimiser step. */
  step(batch: VqaBatch): Promise<void>;
  weights(): Promise<Weights>;
  /** The optimiser's moments, `first.NAME` and `second.NAME`. */
  moments(): Promise<Weights>;
  dispose(): void;
}

/** Starts training from these weights, already moving: moments are those of a dense training, as after a rewind. */
export type StartTrainer = (
  config: LxmertConfig,
  weights: Weights,
  mask: Mask,
  batches: readonly VqaBatch[],
) => Promise<MaskedTrainer>;

const SETTINGS = adamW({ learningRate: 0.05, totalSteps: -1, weightDecay: 0.1 });

/** The optimiser every study uses, mask and moments held in its step. */
export const heldInOptimiser: StartTrainer = async (config, weights, mask, batches) => {
  const model = new Lxmert(config, weights);
  const dense = new Optimiser(model.parameters, SETTINGS);
  for (const batch of batches) await trainStep(model, dense, batch, null);
  const optimiser = await changeMask(model, dense, mask);
  return {
    step: async (batch) => void (await trainStep(model, optimiser, batch, null)),
    weights: () => model.snapshot(),
    moments: () => optimiser.snapshot(),
    dispose: () => {
      optimiser.dispose();
      model.dispose();
    },
  };
};

/** Checks that training holds the method's mask: pruned weights and their moments exactly 0 after Adam's steps. */
export function held(start: StartTrainer): (subject: Subject) => Promise<Verdict> {
  return async (subject) => {
    const { lab } = subject;
    const { mask, weights } = await subject.usual({ sparsity: 0.5, scope: "thesis" });
    const trainer = await start(lab.config, weights, mask, lab.batches);
    try {
      for (const batch of lab.batches) await trainer.step(batch);
      return await recount(mask, trainer);
    } finally {
      trainer.dispose();
    }
  };
}

async function recount(mask: Mask, trainer: MaskedTrainer): Promise<Verdict> {
  const [grown] = mask.regrown(await trainer.weights());
  if (grown !== undefined)
    return failed(
      `${grown[1]} pruned weights of ${grown[0]} grew back under Adam: hold the mask in every optimiser step`,
    );
  const moments = await trainer.moments();
  for (const moment of ["first", "second"]) {
    const own = mask.prunable.map((name) => {
      const shape = mask.shapes.get(name) ?? [];
      return [name, moments.get(`${moment}.${name}`) ?? { shape, values: new Float32Array(mask.size(name)) }] as const;
    });
    const others = [...mask.shapes].filter(([name]) => !mask.prunable.includes(name));
    const all = new Map([
      ...own,
      ...others.map(([name, shape]) => [name, { shape, values: new Float32Array(mask.size(name)) }] as const),
    ]);
    const [alive] = mask.regrown(all);
    if (alive !== undefined)
      return failed(
        `${alive[1]} ${moment} moments of pruned weights of ${alive[0]} are alive: zero the moments with the weights`,
      );
  }
  return passed("pruned weights and their moments stay exactly 0 under Adam and weight decay");
}
