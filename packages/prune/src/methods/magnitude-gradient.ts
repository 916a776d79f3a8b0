import { z } from "zod";
import { defineMethod } from "../define-method.ts";

export default defineMethod({
  title: "Magnitude x gradient",
  idea: "Keep a weight when removing it would change the loss: the first-order Taylor term, squared, batch by batch.",
  family: "gradient",
  cite: `@inproceedings{molchanov2019importance,
  title = {Importance Estimation for Neural Network Pruning},
  author = {Molchanov, Pavlo and Mallya, Arun and Tyree, Stephen and Frosio, Iuri and Kautz, Jan},
  booktitle = {IEEE/CVF Conference on Computer Vision and Pattern Recognition},
  year = {2019}
}`,
  params: z.strictObject({}),
  needs: "gradients",
  nests: true,
  prepare: async ({ calibration, weights }) => {
    const batches = [];
    for (let batch = 0; batch < calibration.batches; batch++) batches.push(await calibration.gradients(weights, batch));
    return batches;
  },
  /** The mean over batches of (w g)^2, scaled so that small terms do not vanish in single precision. */
  score: ({ name, values, evidence }) =>
    values.map((weight, i) => {
      const terms = evidence.map((gradients) => weight * (gradients.get(name)?.[i] ?? 0));
      return Math.hypot(...terms) / Math.sqrt(terms.length);
    }),
});
