import { z } from "zod";
import { defineMethod } from "../define-method.ts";
import { fromLowMask, THESIS_CITATION } from "../thesis-rounds.ts";

/** Each weight goes with the probability that the low-magnitude mask removes one of its parameter. */
export default defineMethod({
  title: "Random, as coded in 2021",
  idea: "Per parameter, each weight is removed with the low-magnitude mask's share as its probability: no exact count.",
  family: "as-coded",
  cite: THESIS_CITATION,
  params: z.strictObject({}),
  needs: "nothing",
  nests: true,
  count: "own",
  asCoded: { retraining: "dense", label: (sparsity) => sparsity },
  mask: (context) => ({
    mask: fromLowMask(context, (name, low) => {
      const random = context.random(name);
      const density = low.reduce((kept, bit) => kept + bit, 0) / low.length;
      return low.map(() => (random.uniform() < density ? 1 : 0));
    }),
  }),
});
