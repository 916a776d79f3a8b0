import type { Weights } from "@ticketbench/model";
import { z } from "zod";
import type { Gradients } from "../calibration.ts";
import { defineMethod } from "../define-method.ts";

/** The weights moved by `step` along a direction. */
function moved(weights: Weights, direction: Gradients, step: number): Weights {
  return new Map(
    [...weights].map(([name, { shape, values }]) => {
      const along = direction.get(name);
      return [name, { shape, values: values.map((value, i) => value + step * (along?.[i] ?? 0)) }];
    }),
  );
}

function norm(arrays: Iterable<Float32Array>): number {
  let sum = 0;
  for (const values of arrays) for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}

export default defineMethod({
  title: "GraSP",
  idea: "Keep the weights whose removal would weaken the gradient flow: weight x (Hessian x gradient).",
  family: "gradient",
  cite: `@inproceedings{wang2020picking,
  title = {Picking Winning Tickets Before Training by Preserving Gradient Flow},
  author = {Wang, Chaoqi and Zhang, Guodong and Grosse, Roger},
  booktitle = {International Conference on Learning Representations},
  year = {2020}
}`,
  params: z.strictObject({
    step: z
      .number()
      .positive()
      .max(0.1)
      .default(1e-3)
      .describe("length of the finite difference along the gradient, as a share of the weights' norm"),
  }),
  needs: "gradients",
  nests: true,
  /** H g as the central difference of the gradient along itself. */
  prepare: async ({ calibration, weights, params }) => {
    const gradient = await calibration.gradients(weights);
    const length = norm(gradient.values());
    const step = length === 0 ? 0 : (params.step * norm([...weights.values()].map(({ values }) => values))) / length;
    const ahead = await calibration.gradients(moved(weights, gradient, step));
    const behind = await calibration.gradients(moved(weights, gradient, -step));
    return { ahead, behind, width: step === 0 ? 1 : 2 * step };
  },
  score: ({ name, values, evidence: { ahead, behind, width } }) =>
    values.map((weight, i) => (weight * ((ahead.get(name)?.[i] ?? 0) - (behind.get(name)?.[i] ?? 0))) / width),
});
