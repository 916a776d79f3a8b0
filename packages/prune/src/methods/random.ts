import { z } from "zod";
import { defineMethod } from "../define-method.ts";

export default defineMethod({
  title: "Random",
  idea: "The baseline to beat: keep weights drawn at random, whatever their values.",
  family: "random",
  cite: `@inproceedings{liu2022unreasonable,
  title = {The Unreasonable Effectiveness of Random Pruning: Return of the Most Naive Baseline for Sparse Training},
  author = {Liu, Shiwei and Chen, Tianlong and Chen, Xiaohan and Shen, Li and Mocanu, Decebal Constantin and
            Wang, Zhangyang and Pechenizkiy, Mykola},
  booktitle = {International Conference on Learning Representations},
  year = {2022}
}`,
  params: z.strictObject({}),
  needs: "nothing",
  nests: true,
  score: ({ values, random }) => values.map(() => random.uniform()),
});
