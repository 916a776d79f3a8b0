import { expect, test } from "vitest";
import { HAND, inputCalibration, keepBySearch, pruneByHand } from "../testing/hand.ts";
import sparsegpt from "./sparsegpt.ts";

/** Any numbers, without pattern. */
const draw = (rows: number, columns: number, seed: number) =>
  Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (_, j) => Math.sin(12.9898 * (i + 1) + 78.233 * (j + 1) * seed) * 2),
  );

/** Sum over inputs of the squared change of the layer's output. */
function outputChange(before: number[][], after: ArrayLike<number>, inputs: number[][]): number {
  let sum = 0;
  for (const x of inputs)
    before.forEach((row, i) => {
      let change = 0;
      row.forEach((weight, j) => (change += (weight - (after[i * row.length + j] ?? NaN)) * (x[j] ?? NaN)));
      sum += change * change;
    });
  return sum;
}

test("by hand: of two inputs that are always equal, the one weight left takes over the other's part", async () => {
  const calibration = inputCalibration([
    [1, 1],
    [2, 2],
  ]);
  const params = { dampening: 1e-6 };
  const { kept, weights } = await pruneByHand([[1, 3]], { method: sparsegpt, sparsity: 0.5, calibration, params });
  expect(kept).toBe("01");
  expect(weights.get(HAND)?.values[0]).toBe(0);
  expect(weights.get(HAND)?.values[1]).toBeCloseTo(4, 3);
});

test("one weight in one row: the optimal brain surgeon's update, as a dense inverse gives it", async () => {
  const inputs = draw(12, 3, 3);
  const row = [0.1, 2, -3];
  const calibration = inputCalibration(inputs);
  const { kept, weights } = await pruneByHand([row], {
    method: sparsegpt,
    sparsity: 1 / 3,
    calibration,
    params: { dampening: 1e-9 },
  });
  expect(kept).toBe("011");
  // Least squares: the two weights left that best give the old outputs.
  const target = inputs.map((x) => x.reduce((sum, value, j) => sum + value * (row[j] ?? NaN), 0));
  const dot = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * (b[i] ?? NaN), 0);
  const [x1, x2] = [inputs.map((x) => x[1] ?? NaN), inputs.map((x) => x[2] ?? NaN)];
  const determinant = dot(x1, x1) * dot(x2, x2) - dot(x1, x2) ** 2;
  const w1 = (dot(x1, target) * dot(x2, x2) - dot(x2, target) * dot(x1, x2)) / determinant;
  const w2 = (dot(x2, target) * dot(x1, x1) - dot(x1, target) * dot(x1, x2)) / determinant;
  expect(weights.get(HAND)?.values[1]).toBeCloseTo(w1, 4);
  expect(weights.get(HAND)?.values[2]).toBeCloseTo(w2, 4);
});

test.each([1, 3, 128])(
  "blocks of %i: exact count, and outputs closer to the old ones than by masking alone",
  async (blockSize) => {
    const [rows, inputs] = [draw(6, 8, 1), draw(40, 8, 2)];
    for (const sparsity of [0.25, 0.5, 0.75]) {
      const calibration = inputCalibration(inputs.slice(0, 25), inputs.slice(25));
      const settings = { method: sparsegpt, sparsity, calibration, params: { blockSize } };
      const { mask, weights } = await pruneByHand(rows, settings);
      expect(mask.kept()).toBe(48 - Math.round(sparsity * 48));
      const masked = rows.flat().map((weight, i) => weight * (mask.toBytes(HAND)[i] ?? NaN));
      const updated = weights.get(HAND)?.values ?? [];
      expect(outputChange(rows, updated, inputs)).toBeLessThan(outputChange(rows, masked, inputs));
      expect(mask.regrown(weights).size).toBe(0);
    }
  },
);

/** Gauss and Jordan's inverse, without pivoting: the matrix is positive definite. */
function inverse(matrix: readonly (readonly number[])[]): number[][] {
  const n = matrix.length;
  const a = matrix.map((row, i) => [...row, ...Array.from({ length: n }, (_, j) => (i === j ? 1 : 0))]);
  for (let i = 0; i < n; i++) {
    const pivot = a[i]!.map((value) => value / a[i]![i]!);
    a[i] = pivot;
    for (let k = 0; k < n; k++) if (k !== i) a[k] = a[k]!.map((value, j) => value - a[k]![i]! * pivot[j]!);
  }
  return a.map((row) => row.slice(n));
}

test("naive loops that invert what is left of the Hessian anew for every column give the same weights", async () => {
  const [rows, inputs, dampening, n] = [draw(5, 6, 4), draw(30, 6, 7), 0.01, 6];
  const hessian = Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_, j) => inputs.reduce((sum, x) => sum + x[i]! * x[j]!, 0)),
  );
  const trace = hessian.reduce((sum, row, i) => sum + row[i]!, 0);
  hessian.forEach((row, i) => (row[i]! += (dampening * trace) / n));
  const left = Array.from({ length: n }, (_, c) => inverse(hessian.slice(c).map((row) => row.slice(c))));
  const scores = rows.flatMap((row) => row.map((weight, c) => Math.abs(weight) / Math.sqrt(left[c]![0]![0]!)));
  const stays = keepBySearch(scores, 12);
  const naive = rows.map((row) => [...row]);
  for (let c = 0; c < n; c++)
    for (const [r, row] of naive.entries()) {
      if (stays[r * n + c] === "1") continue;
      const error = row[c]! / left[c]![0]![0]!;
      for (let j = c; j < n; j++) row[j] = row[j]! - error * left[c]![0]![j - c]!;
      row[c] = 0;
    }
  const settings = { method: sparsegpt, sparsity: 0.6, calibration: inputCalibration(inputs), params: { dampening } };
  const { kept, weights } = await pruneByHand(rows, settings);
  expect(kept).toBe(stays);
  naive.flat().forEach((value, i) => expect(weights.get(HAND)?.values[i]).toBeCloseTo(value, 4));
});

test("an input that never fires costs nothing to lose", async () => {
  const calibration = inputCalibration([
    [0, 1, 1],
    [0, 2, 1],
  ]);
  const { kept } = await pruneByHand([[9, 1, 1]], { method: sparsegpt, sparsity: 1 / 3, calibration });
  expect(kept).toBe("011");
});
