import { z } from "zod";
import { defineMethod } from "../define-method.ts";
import { fromLowMask, THESIS_CITATION } from "../thesis-rounds.ts";

export default defineMethod({
  title: "Low magnitude, as coded in 2021",
  idea: "Per parameter, rounds that each remove a tenth of the smallest weights left, with no training between them.",
  family: "as-coded",
  cite: THESIS_CITATION,
  params: z.strictObject({}),
  needs: "nothing",
  nests: true,
  count: "own",
  claim: (values) => values.map(Math.abs),
  asCoded: { retraining: "dense", label: (sparsity) => sparsity },
  mask: (context) => ({ mask: fromLowMask(context, (_, low) => low) }),
});
