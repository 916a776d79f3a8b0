import { randomStream } from "@ticketbench/backend";
import { expect, test } from "vitest";
import { prune } from "../prune.ts";
import { lxmertShapes, randomWeights, TINY } from "../conformance/tiny-model.ts";
import { HAND, keepBySearch, pruneByHand } from "../testing/hand.ts";
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

test("keeps the largest draws of the parameter's own stream, as a naive double loop does", async () => {
  const matrix = Array.from({ length: 5 }, () => [0, 0, 0, 0]);
  for (const seed of [0, 1, 2]) {
    const stream = randomStream(seed, `mask/${HAND}`);
    const draws = matrix.flat().map(() => stream.uniform());
    expect((await pruneByHand(matrix, { method: random, sparsity: 0.7, seed })).kept).toBe(keepBySearch(draws, 6));
  }
});

test("ERK by hand: a 4 x 8 and a 2 x 2 matrix keep 9 and 3 of 36 weights", async () => {
  const [large, small] = ["bert.encoder.layer.0.large.weight", "bert.encoder.layer.0.small.weight"];
  const two = new Map([
    [large, { shape: [4, 8], values: new Float32Array(32) }],
    [small, { shape: [2, 2], values: new Float32Array(4) }],
  ]);
  const settings = { weights: two, scope: "encoder-matrices", sparsity: 2 / 3, seed: 1 } as const;
  const { mask } = await prune({ ...settings, method: randomErk });
  expect([mask.kept(large), mask.kept(small)]).toEqual([9, 3]);
});
