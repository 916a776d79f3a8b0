import { expect, test } from "vitest";
import { prune } from "../prune.ts";
import { lxmertShapes, randomWeights, TINY } from "../conformance/tiny-model.ts";
import randomErk from "./random-erk.ts";
import random from "./random.ts";

const weights = randomWeights(lxmertShapes(TINY), 7);
const base = { weights, scope: "thesis", sparsity: 0.5 } as const;

test("differs by seed, repeats by seed, and does not depend on the order of the model", async () => {
  const one = await prune({ ...base, seed: 1, method: random });
  const again = await prune({ ...base, seed: 1, weights: new Map([...weights].reverse()), method: random });
  const other = await prune({ ...base, seed: 2, method: random });
  expect(again.mask.equals(one.mask)).toBe(true);
  expect(other.mask.equals(one.mask)).toBe(false);
});

test("does not look at the weights", async () => {
  const other = randomWeights(lxmertShapes(TINY), 8);
  const one = await prune({ ...base, seed: 1, method: random });
  expect((await prune({ ...base, weights: other, seed: 1, method: random })).mask.equals(one.mask)).toBe(true);
});

test("keeps about half of any parameter at a half", async () => {
  const { ledger } = await prune({ ...base, seed: 1, method: random });
  for (const line of ledger.parameters.filter(({ prunable, size }) => prunable && size >= 36))
    expect(Math.abs(line.sparsity - 0.5)).toBeLessThan(5 * Math.sqrt(0.25 / line.size));
});

test("ERK keeps weights in proportion to inputs + outputs, small parameters whole", async () => {
  const { ledger } = await prune({ ...base, scope: "encoder-matrices", seed: 1, method: randomErk });
  const partial = ledger.parameters.filter(({ prunable, pruned }) => prunable && pruned > 0);
  const perDimension = partial.map(({ kept, shape }) => kept / shape.reduce((a, b) => a + b, 0));
  expect(Math.max(...perDimension) - Math.min(...perDimension)).toBeLessThan(0.1);
});
