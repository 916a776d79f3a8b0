import { z } from "zod";
import { defineMethod } from "../define-method.ts";

export default defineMethod({
  title: "Random, Erdos-Renyi-Kernel",
  idea: "The stronger random baseline: weights at random, more of them kept in small layers, in proportion to inputs + outputs.",
  family: "random",
  cite: `@inproceedings{evci2020rigging,
  title = {Rigging the Lottery: Making All Tickets Winners},
  author = {Evci, Utku and Gale, Trevor and Menick, Jacob and Castro, Pablo Samuel and Elsen, Erich},
  booktitle = {International Conference on Machine Learning},
  year = {2020}
}`,
  params: z.strictObject({}),
  needs: "nothing",
  nests: true,
  granularity: "layer",
  allocation: "erk",
  score: ({ values, random }) => values.map(() => random.uniform()),
});
