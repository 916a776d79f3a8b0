import { z } from "zod";
import { defineMethod } from "../define-method.ts";
import { Mask } from "../mask.ts";

export default defineMethod({
  title: "Iterative magnitude pruning",
  idea: "The lottery ticket search: remove some of the smallest trained weights, rewind the rest, train again, and repeat.",
  family: "magnitude",
  cite: `@inproceedings{frankle2019lottery,
  title = {The Lottery Ticket Hypothesis: Finding Sparse, Trainable Neural Networks},
  author = {Frankle, Jonathan and Carbin, Michael},
  booktitle = {International Conference on Learning Representations},
  year = {2019}
}`,
  params: z.strictObject({
    rounds: z
      .int()
      .min(1)
      .max(50)
      .default(3)
      .describe("prunings, each leaving the same share; one training between two"),
  }),
  needs: "training",
  nests: false,
  count: "exact",
  mask: async ({ weights, shapes, prunable, params: { rounds }, keep, select, training }) => {
    let trained = weights;
    let mask = Mask.dense(shapes, prunable);
    const size = mask.size();
    for (let round = 1; round <= rounds; round++) {
      if (round > 1) trained = await training.train(mask);
      const left = round === rounds ? keep : Math.round(size * (keep / size) ** (round / rounds));
      const scores = prunable.map((name) => {
        const kept = mask.toBytes(name);
        const values = trained.get(name)?.values ?? new Float32Array(kept.length);
        return [name, values.map((weight, i) => (kept[i] === 1 ? Math.abs(weight) : -1))] as const;
      });
      mask = select(new Map(scores), left);
    }
    return { mask, weights: trained };
  },
});
