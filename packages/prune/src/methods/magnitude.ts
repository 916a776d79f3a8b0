import { z } from "zod";
import { defineMethod } from "../define-method.ts";

export default defineMethod({
  title: "Magnitude",
  idea: "Keep the weights of the largest absolute value.",
  family: "magnitude",
  cite: `@inproceedings{han2015learning,
  title = {Learning both Weights and Connections for Efficient Neural Networks},
  author = {Han, Song and Pool, Jeff and Tran, John and Dally, William J.},
  booktitle = {Advances in Neural Information Processing Systems},
  year = {2015}
}`,
  params: z.strictObject({}),
  needs: "nothing",
  nests: true,
  score: ({ values }) => values.map(Math.abs),
});
