import { controlOf } from "../controls.ts";
import { defineMethod } from "../define-method.ts";

export default defineMethod({
  title: "Re-initialised ticket",
  idea: "A control: another method's mask, retrained from fresh weights, to see whether the ticket's own start mattered.",
  family: "control",
  cite: `@inproceedings{frankle2019lottery,
  title = {The Lottery Ticket Hypothesis: Finding Sparse, Trainable Neural Networks},
  author = {Frankle, Jonathan and Carbin, Michael},
  booktitle = {International Conference on Learning Representations},
  year = {2019}
}`,
  params: controlOf,
  needs: "method",
  nests: false,
  count: "own",
  mask: async ({ params, pruneWith }) => ({ ...(await pruneWith(params.of, params.with)), rewindTo: "fresh" }),
});
