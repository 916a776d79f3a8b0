import fc from "fast-check";
import { expect, test } from "vitest";
import { inputCalibration, pruneByHand } from "../testing/hand.ts";
import wanda from "./wanda.ts";

test("by hand, the example of the paper's figure: the norms 8, 3, ... overrule the magnitudes within a row", async () => {
  const weights = [
    [4, 0, 1, -1],
    [3, -2, -1, -3],
    [-3, 1, 0, 2],
  ];
  // Column norms 1, 2, 8, 3; scores 4 0 8 3 / 3 4 8 9 / 3 2 0 6.
  const inputs = [[1, 2, 8, 3]];
  const { kept } = await pruneByHand(weights, { method: wanda, sparsity: 0.5, calibration: inputCalibration(inputs) });
  expect(kept).toBe("1010" + "0011" + "1001");
});

test("keeps what a naive double loop keeps, over batches of any rows", async () => {
  const value = fc.integer({ min: -9, max: 9 });
  const matrix = (rows: number) => fc.array(fc.tuple(value, value, value, value), { minLength: rows, maxLength: rows });
  await fc.assert(
    fc.asyncProperty(matrix(3), matrix(2), matrix(5), async (weights, first, second) => {
      const calibration = inputCalibration(first, second);
      const { kept } = await pruneByHand(weights, { method: wanda, sparsity: 0.5, calibration });
      const expected = weights.map((row) => {
        const scores = row.map((w, j) => {
          let square = 0;
          for (const x of [...first, ...second]) square += (x[j] ?? NaN) ** 2;
          return Math.fround(Math.abs(w) * Math.sqrt(square));
        });
        const order = [0, 1, 2, 3].sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
        return [0, 1, 2, 3].map((j) => (order.indexOf(j) < 2 ? 1 : 0)).join("");
      });
      expect(kept).toBe(expected.join(""));
    }),
  );
});
