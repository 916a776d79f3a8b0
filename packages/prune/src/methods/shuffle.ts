import { defineMethod } from "../define-method.ts";
import { controlOf, shuffleMask } from "../controls.ts";

export default defineMethod({
  title: "Shuffled mask",
  idea: "A control: another method's mask with its places shuffled in each parameter, so that only its layer ratios are left.",
  family: "control",
  cite: `@inproceedings{frankle2021pruning,
  title = {Pruning Neural Networks at Initialization: Why Are We Missing the Mark?},
  author = {Frankle, Jonathan and Dziugaite, Gintare Karolina and Roy, Daniel M. and Carbin, Michael},
  booktitle = {International Conference on Learning Representations},
  year = {2021}
}`,
  params: controlOf,
  needs: "method",
  nests: false,
  count: "own",
  mask: async ({ params, pruneWith, random }) => {
    const { mask, resolution = 1 } = await pruneWith(params.of, params.with);
    return { mask: shuffleMask(mask, random), resolution };
  },
});
