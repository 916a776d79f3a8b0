import { defineMethod } from "../define-method.ts";
import { controlOf, randomWithSameRatios } from "../controls.ts";

export default defineMethod({
  title: "Random, same ratios",
  idea: "A control: random weights, as many of each parameter as another method keeps.",
  family: "random",
  cite: `@article{su2020sanity,
  title = {Sanity-Checking Pruning Methods: Random Tickets Can Win the Jackpot},
  author = {Su, Jingtong and Chen, Yihang and Cai, Tianle and Wu, Tianhao and Gao, Ruiqi and Wang, Liwei and Lee, Jason D.},
  journal = {Advances in Neural Information Processing Systems},
  year = {2020}
}`,
  params: controlOf,
  needs: "method",
  nests: false,
  count: "own",
  mask: async ({ params, pruneWith, random }) => {
    const { mask, resolution = 1 } = await pruneWith(params.of, params.with);
    return { mask: randomWithSameRatios(mask, random), resolution };
  },
});
