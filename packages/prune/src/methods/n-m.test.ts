import fc from "fast-check";
import { expect, test } from "vitest";
import { pruneByHand } from "../testing/hand.ts";
import nm from "./n-m.ts";

test("by hand: 2:4 along rows, a rest of fewer than four stays", async () => {
  const rows = [
    [1, -4, 2, 3, 9, 0],
    [5, 5, 5, 5, 0, 0],
  ];
  const { kept, ledger } = await pruneByHand(rows, { method: nm, sparsity: 0.5 });
  expect(kept).toBe("010111" + "110011");
  expect(ledger.prunable.pruned).toBe(4);
});

test.each([
  [4, 0.5, 2],
  [8, 0.5, 4],
  [4, 0.75, 1],
  [4, 0.98, 1],
  [8, 0, 8],
] as const)("m %i at %f: exactly %i of each group, the largest ones", async (m, sparsity, n) => {
  const row = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 16, maxLength: 16 });
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 3 }), async (rows) => {
      const { kept } = await pruneByHand(rows, { method: nm, sparsity, params: { m } });
      const values = rows.flat().map(Math.abs);
      for (let start = 0; start < values.length; start += m) {
        const bits = [...kept.slice(start, start + m)];
        const [stay, go] = ["1", "0"].map((bit) => values.slice(start, start + m).filter((_, i) => bits[i] === bit));
        expect(stay).toHaveLength(n);
        expect(Math.min(...(stay ?? []))).toBeGreaterThanOrEqual(Math.max(...(go ?? []), 0));
      }
    }),
    { numRuns: 20 },
  );
});

test("another group length is refused", async () => {
  await expect(pruneByHand([[1]], { method: nm, sparsity: 0.5, params: { m: 3 } })).rejects.toThrow(/parameter m/);
});
