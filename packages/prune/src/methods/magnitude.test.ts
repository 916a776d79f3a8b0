import fc from "fast-check";
import { expect, test } from "vitest";
import { keepBySearch, pruneByHand } from "../testing/hand.ts";
import highMagnitude from "./high-magnitude.ts";
import magnitude from "./magnitude.ts";

const rows = [
  [0.3, -0.1],
  [0.2, -0.4],
];

test("by hand: of 0.3, -0.1, 0.2, -0.4 magnitude keeps 0.3 and -0.4, high magnitude the others", async () => {
  expect((await pruneByHand(rows, { method: magnitude, sparsity: 0.5 })).kept).toBe("1001");
  expect((await pruneByHand(rows, { method: highMagnitude, sparsity: 0.5 })).kept).toBe("0110");
});

test("what magnitude keeps at a density is what high magnitude removes at that sparsity", async () => {
  const large = [Array.from({ length: 40 }, (_, i) => Math.fround(Math.cos(3 * i)) * (i + 1))];
  for (const sparsity of [0.1, 0.25, 0.5, 0.8]) {
    const low = await pruneByHand(large, { method: magnitude, sparsity });
    const high = await pruneByHand(large, { method: highMagnitude, sparsity: 1 - sparsity });
    expect([...high.kept].map((bit) => (bit === "0" ? "1" : "0")).join("")).toBe(low.kept);
  }
});

test("both keep what a naive double loop keeps, ties included", async () => {
  const row = fc.array(fc.constantFrom(-3, -1, 0, 1, 2, 3), { minLength: 5, maxLength: 5 });
  const share = fc.double({ min: 0, max: 0.99, noNaN: true });
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 4 }), share, async (matrix, sparsity) => {
      const size = matrix.flat().map(Math.abs);
      const keep = size.length - Math.round(sparsity * size.length);
      expect((await pruneByHand(matrix, { method: magnitude, sparsity })).kept).toBe(keepBySearch(size, keep));
      const smallest = size.map((each) => -each);
      expect((await pruneByHand(matrix, { method: highMagnitude, sparsity })).kept).toBe(keepBySearch(smallest, keep));
    }),
  );
});
