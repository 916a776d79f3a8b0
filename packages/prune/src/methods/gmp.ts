import { z } from "zod";
import { cubicSparsity, prunesAt } from "../cubic.ts";
import { defineMethod } from "../define-method.ts";
import { Mask } from "../mask.ts";

export default defineMethod({
  title: "Gradual magnitude pruning",
  idea: "While training, remove the smallest weights a few at a time, along a cubic curve to the target.",
  family: "schedule",
  cite: `@article{zhu2017prune,
  title = {To Prune, or Not to Prune: Exploring the Efficacy of Pruning for Model Compression},
  author = {Zhu, Michael and Gupta, Suyog},
  journal = {arXiv preprint arXiv:1710.01878},
  year = {2017}
}`,
  params: z.strictObject({
    begin: z.number().min(0).max(1).default(0).describe("share of the training after which pruning begins"),
    end: z.number().min(0).max(1).default(0.5).describe("share of the training after which the target is reached"),
    every: z.int().min(1).default(10).describe("steps between two prunings"),
  }),
  needs: "training",
  nests: false,
  schedule: ({ shapes, prunable, params, sparsity, keep, select, totalSteps }) => {
    const when = { ...params, totalSteps };
    const size = Mask.dense(shapes, prunable).size();
    return {
      async maskAt(step, state) {
        if (!prunesAt(step, when)) return null;
        const reached = cubicSparsity(step, sparsity, when);
        const left = Math.max(keep, size - Math.round(reached * size));
        const weights = await state.weights();
        const scores = prunable.map(
          (name) => [name, (weights.get(name)?.values ?? new Float32Array()).map(Math.abs)] as const,
        );
        return select(new Map(scores), left);
      },
    };
  },
});
