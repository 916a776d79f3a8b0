import type { Weights, WeightTensor } from "@ticketbench/model";
import { z } from "zod";
import type { Gradients } from "../calibration.ts";
import { cubicSparsity, prunesAt } from "../cubic.ts";
import { defineMethod } from "../define-method.ts";
import { Mask } from "../mask.ts";

/** One parameter's scores, and its weights, those pruned as they were when they went. */
class Scored {
  readonly name: string;
  readonly scores: Float32Array;
  readonly #weights: Float32Array;

  constructor(name: string, size: number) {
    this.name = name;
    this.scores = new Float32Array(size);
    this.#weights = new Float32Array(size);
  }

  /** score -= weight x gradient. */
  learn(weights: Weights, gradients: Gradients, mask: Mask): void {
    const [now, slopes, kept] = [weights.get(this.name)?.values, gradients.get(this.name), mask.toBytes(this.name)];
    for (let i = 0; i < this.scores.length; i++) {
      if (kept[i] === 1) this.#weights[i] = now?.[i] ?? 0;
      this.scores[i] = (this.scores[i] as number) - (this.#weights[i] as number) * (slopes?.[i] ?? 0);
    }
  }

  /** The parameter with the weights that come back from one mask to the next as they were when they went. */
  returning(weights: Weights, before: Mask, next: Mask): [name: string, tensor: WeightTensor] {
    const { shape, values } = weights.get(this.name) ?? { shape: [], values: this.#weights };
    const [kept, keeps] = [before.toBytes(this.name), next.toBytes(this.name)];
    const back = values.map((value, i) => (kept[i] === 0 && keeps[i] === 1 ? (this.#weights[i] as number) : value));
    return [this.name, { shape, values: back }];
  }
}

export default defineMethod({
  title: "Movement pruning",
  idea: "Keep the weights that fine-tuning moves away from zero: scores gather -weight x gradient step by step.",
  family: "schedule",
  cite: `@inproceedings{sanh2020movement,
  title = {Movement Pruning: Adaptive Sparsity by Fine-Tuning},
  author = {Sanh, Victor and Wolf, Thomas and Rush, Alexander M.},
  booktitle = {Advances in Neural Information Processing Systems},
  year = {2020}
}`,
  params: z.strictObject({
    begin: z.number().min(0).max(1).default(0.1).describe("share of the training after which pruning begins"),
    end: z.number().min(0).max(1).default(0.6).describe("share of the training after which the target is reached"),
    every: z.int().min(1).default(10).describe("steps between two prunings"),
  }),
  needs: "training",
  nests: false,
  /**
   * The variant with a fixed count (top v), its scores learned by plain gradient descent through the mask as if it were
   * not there: a pruned weight's score goes on learning at the value it was pruned at, so that it may come back, as it
   * was. When the curve ends, the mask stays.
   */
  schedule: ({ shapes, prunable, params, sparsity, keep, select, totalSteps }) => {
    const when = { ...params, totalSteps };
    let mask = Mask.dense(shapes, prunable);
    const size = mask.size();
    const parameters = prunable.map((name) => new Scored(name, mask.size(name)));
    return {
      async maskAt(step, state) {
        if (step > Math.floor(params.end * (totalSteps - 1))) return null;
        const [weights, gradients] = [await state.weights(), await state.gradients()];
        for (const parameter of parameters) parameter.learn(weights, gradients, mask);
        if (!prunesAt(step, when)) return null;
        const left = Math.max(keep, size - Math.round(cubicSparsity(step, sparsity, when) * size));
        const next = select(new Map(parameters.map(({ name, scores }) => [name, scores])), left);
        await state.set(new Map(parameters.map((parameter) => parameter.returning(weights, mask, next))));
        mask = next;
        return mask;
      },
    };
  },
});
