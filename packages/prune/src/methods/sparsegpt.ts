import type { Weights, WeightTensor } from "@ticketbench/model";
import { z } from "zod";
import { apportion, unitsOf } from "../allocation.ts";
import { unpack } from "../bits.ts";
import type { Calibration } from "../calibration.ts";
import { inverseFromCholesky, cholesky, upperCholesky } from "../cholesky.ts";
import { defineMethod } from "../define-method.ts";
import { Mask } from "../mask.ts";
import { selectHighest } from "../select.ts";
import { rowsAndColumns } from "../shapes.ts";

/** H = X^T X of every linear layer's calibration inputs X [rows, columns], by the layer's weight. */
async function hessians(calibration: Calibration, weights: Weights): Promise<ReadonlyMap<string, Float64Array>> {
  const sums = new Map<string, Float64Array>();
  await calibration.visitInputs(weights, (name, rows, n) => {
    const hessian = sums.get(name) ?? new Float64Array(n * n);
    sums.set(name, hessian);
    for (let start = 0; start < rows.length; start += n) {
      for (let i = 0; i < n; i++) {
        const x = rows[start + i] as number;
        if (x === 0) continue;
        for (let j = 0; j < n; j++)
          hessian[i * n + j] = (hessian[i * n + j] as number) + x * (rows[start + j] as number);
      }
    }
  });
  return sums;
}

/** The upper Cholesky factor of the damped Hessian's inverse: row j drives what removing column j does to those after. */
function inverseFactor(hessian: Float64Array, n: number, dampening: number): Float64Array {
  const damped = hessian.slice();
  let trace = 0;
  for (let j = 0; j < n; j++) trace += damped[j * n + j] as number;
  const extra = trace === 0 ? 1 : (dampening * trace) / n;
  for (let j = 0; j < n; j++) damped[j * n + j] = (damped[j * n + j] as number) + extra;
  return upperCholesky(inverseFromCholesky(cholesky(damped, n), n), n);
}

interface Layer {
  readonly values: Float64Array;
  readonly rows: number;
  readonly columns: number;
  readonly mask: Uint8Array;
}

/** Marks the `keep` weights of columns [start, end) that are dearest to remove: the largest w^2 / U_jj^2. */
function selectBlock(layer: Layer, factor: Float64Array, start: number, end: number, keep: number): void {
  const { values, rows, columns, mask } = layer;
  const width = end - start;
  const costs = new Float32Array(rows * width);
  for (let i = 0; i < costs.length; i++) {
    const [row, column] = [Math.floor(i / width), start + (i % width)];
    costs[i] = Math.abs((values[row * columns + column] as number) / (factor[column * columns + column] as number));
  }
  const kept = unpack(selectHighest(new Map([["block", costs]]), keep).get("block") as Uint8Array, costs.length);
  for (let i = 0; i < kept.length; i++) mask[Math.floor(i / width) * columns + start + (i % width)] = kept[i] as number;
}

/** Removes a column's unkept weights and moves the columns to its right so that the layer's output changes least. */
function removeColumn({ values, rows, columns, mask }: Layer, factor: Float64Array, column: number): void {
  const own = factor[column * columns + column] as number;
  for (let row = 0; row < rows; row++) {
    const at = row * columns;
    if (mask[at + column] === 1) continue;
    const error = (values[at + column] as number) / own;
    for (let j = column; j < columns; j++)
      values[at + j] = (values[at + j] as number) - error * (factor[column * columns + j] as number);
    values[at + column] = 0;
  }
}

interface Removal {
  readonly keep: number;
  readonly blockSize: number;
  readonly dampening: number;
}

/** Zeroes the weights of inputs that never fired: they do nothing, so they go first. */
function clearSilentColumns({ values, columns }: Layer, hessian: Float64Array): void {
  for (let i = 0; i < values.length; i++) if (hessian[(i % columns) * (columns + 1)] === 0) values[i] = 0;
}

/** One layer: block after block of columns is selected, removed and made up for. */
function pruneLayer({ shape, values }: WeightTensor, hessian: Float64Array, { keep, blockSize, dampening }: Removal) {
  const [rows, columns] = rowsAndColumns(shape);
  const layer = { values: Float64Array.from(values), rows, columns, mask: new Uint8Array(values.length) };
  clearSilentColumns(layer, hessian);
  const factor = inverseFactor(hessian, columns, dampening);
  const starts = Array.from({ length: Math.ceil(columns / blockSize) }, (_, block) => block * blockSize);
  const sizes = starts.map((start) => rows * (Math.min(start + blockSize, columns) - start));
  const counts = apportion(keep, sizes, sizes);
  starts.forEach((start, block) => {
    const end = Math.min(start + blockSize, columns);
    selectBlock(layer, factor, start, end, counts[block] as number);
    for (let column = start; column < end; column++) removeColumn(layer, factor, column);
  });
  return { mask: layer.mask, weight: { shape, values: Float32Array.from(layer.values) } };
}

export default defineMethod({
  title: "SparseGPT",
  idea: "Remove the weights that second-order theory says cost the layer's output least, and let the others make up for them.",
  family: "calibration",
  cite: `@inproceedings{frantar2023sparsegpt,
  title = {{SparseGPT}: Massive Language Models Can be Accurately Pruned in One-Shot},
  author = {Frantar, Elias and Alistarh, Dan},
  booktitle = {International Conference on Machine Learning},
  year = {2023}
}`,
  params: z.strictObject({
    blockSize: z.int().min(1).max(4096).default(128).describe("columns selected together"),
    dampening: z
      .number()
      .positive()
      .max(1)
      .default(0.01)
      .describe("added to the Hessian, as a share of its mean diagonal"),
  }),
  needs: "calibration",
  nests: false,
  count: "exact",
  mask: async ({ weights, shapes, prunable, params, keep, calibration }) => {
    const inputs = await hessians(calibration, weights);
    const masks = new Map<string, Uint8Array>();
    const updated = new Map(weights);
    for (const { slices, keep: own } of unitsOf(shapes, prunable, keep, "layer", "uniform")) {
      const name = slices[0]?.name ?? "";
      const tensor = weights.get(name) as WeightTensor;
      const hessian = inputs.get(name);
      if (hessian === undefined) {
        // No linear layer's weight, or one that no input reaches: nothing to make up for.
        const kept = selectHighest(new Map([[name, tensor.values.map(Math.abs)]]), own).get(name) as Uint8Array;
        masks.set(name, unpack(kept, tensor.values.length));
        continue;
      }
      const { mask, weight } = pruneLayer(tensor, hessian, { ...params, keep: own });
      masks.set(name, mask);
      updated.set(name, weight);
    }
    return { mask: Mask.fromBytes(shapes, masks), weights: updated };
  },
});
