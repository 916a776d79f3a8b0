import { z } from "zod";
import type { Calibration } from "../calibration.ts";
import { defineMethod } from "../define-method.ts";
import type { Weights } from "@ticketbench/model";
import { rowsAndColumns } from "../shapes.ts";

/** The norm of each input of each linear layer over all calibration rows, by the layer's weight. */
async function inputNorms(calibration: Calibration, weights: Weights): Promise<ReadonlyMap<string, Float64Array>> {
  const squares = new Map<string, Float64Array>();
  await calibration.visitInputs(weights, (name, rows, columns) => {
    const sums = squares.get(name) ?? new Float64Array(columns);
    squares.set(name, sums);
    for (let i = 0; i < rows.length; i++) {
      const column = i % columns;
      sums[column] = (sums[column] as number) + (rows[i] as number) ** 2;
    }
  });
  return new Map([...squares].map(([name, sums]) => [name, sums.map(Math.sqrt)]));
}

export default defineMethod({
  title: "Wanda",
  idea: "Keep a weight when its magnitude times the norm of its input is large, compared within its output row.",
  family: "calibration",
  cite: `@inproceedings{sun2024simple,
  title = {A Simple and Effective Pruning Approach for Large Language Models},
  author = {Sun, Mingjie and Liu, Zhuang and Bair, Anna and Kolter, J. Zico},
  booktitle = {International Conference on Learning Representations},
  year = {2024}
}`,
  params: z.strictObject({}),
  needs: "calibration",
  nests: true,
  granularity: "row",
  prepare: ({ calibration, weights }) => inputNorms(calibration, weights),
  /** A parameter that is no linear layer's weight, or never got an input, is compared by magnitude. */
  score: ({ name, shape, values, evidence }) => {
    const norms = evidence.get(name);
    const [, columns] = rowsAndColumns(shape);
    return values.map((weight, i) => Math.abs(weight) * (norms?.[i % columns] ?? 1));
  },
});
