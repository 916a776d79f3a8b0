import type { Weights } from "@ticketbench/model";
import { z } from "zod";
import type { Calibration, Gradients } from "../calibration.ts";
import { defineMethod } from "../define-method.ts";

/** Of each weight the Euclidean length of its gradients over the batches, gathered batch by batch. */
async function gradientLengths(calibration: Calibration, weights: Weights): Promise<Gradients> {
  const lengths = new Map([...weights].map(([name, { values }]) => [name, new Float32Array(values.length)]));
  for (let batch = 0; batch < calibration.batches; batch++) {
    const gradients = await calibration.gradients(weights, batch);
    for (const [name, own] of lengths) {
      const slopes = gradients.get(name);
      for (let i = 0; i < own.length; i++) own[i] = Math.sqrt((own[i] as number) ** 2 + (slopes?.[i] ?? 0) ** 2);
    }
  }
  return lengths;
}

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
  prepare: ({ calibration, weights }) => gradientLengths(calibration, weights),
  /** The root of the sum over batches of (w g)^2: the square would vanish in single precision. */
  score: ({ name, values, evidence }) => values.map((weight, i) => Math.abs(weight) * (evidence.get(name)?.[i] ?? 0)),
});
