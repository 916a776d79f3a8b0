import { expect, test } from "vitest";
import { HAND, inputCalibration, pruneByHand } from "../testing/hand.ts";
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

test("an input that never fires costs nothing to lose", async () => {
  const calibration = inputCalibration([
    [0, 1, 1],
    [0, 2, 1],
  ]);
  const { kept } = await pruneByHand([[9, 1, 1]], { method: sparsegpt, sparsity: 1 / 3, calibration });
  expect(kept).toBe("011");
});
