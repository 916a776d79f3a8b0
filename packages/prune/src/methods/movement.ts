import { z } from "zod";
import { cubicSparsity, prunesAt } from "../cubic.ts";
import { defineMethod } from "../define-method.ts";
import { Mask } from "../mask.ts";

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
  /** Scores of pruned weights stop: this is the hard variant, whose masks are held and only ever lose weights. */
  schedule: ({ shapes, prunable, params, sparsity, keep, select, totalSteps }) => {
    const when = { ...params, totalSteps };
    let mask = Mask.dense(shapes, prunable);
    const size = mask.size();
    const scores = new Map(prunable.map((name) => [name, new Float32Array(mask.size(name))]));
    return {
      async maskAt(step, state) {
        if (step > Math.floor(params.end * (totalSteps - 1))) return null;
        const [weights, gradients] = [await state.weights(), await state.gradients()];
        for (const [name, own] of scores) {
          const [values, slopes] = [weights.get(name)?.values, gradients.get(name)];
          for (let i = 0; i < own.length; i++) own[i] = (own[i] as number) - (values?.[i] ?? 0) * (slopes?.[i] ?? 0);
        }
        if (!prunesAt(step, when)) return null;
        for (const [name, own] of scores) mask.toBytes(name).forEach((bit, i) => bit === 0 && (own[i] = -Infinity));
        const left = Math.max(keep, size - Math.round(cubicSparsity(step, sparsity, when) * size));
        mask = select(scores, left);
        return mask;
      },
    };
  },
});
