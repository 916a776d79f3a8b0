import { writeFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { defineMethod, type Method } from "./define-method.ts";
import { Mask } from "./mask.ts";
import { loadMethod, methodNames } from "./method-files.ts";
import highMagnitude from "./methods/high-magnitude.ts";
import magnitude from "./methods/magnitude.ts";
import randomErk from "./methods/random-erk.ts";
import random from "./methods/random.ts";
import { prune } from "./prune.ts";
import { lxmertShapes, randomWeights, TINY } from "./conformance/tiny-model.ts";

const weights = randomWeights(lxmertShapes(TINY), 7);
const base = { weights, scope: "thesis", seed: 1 } as const;
const card = {
  title: "T",
  idea: "I.",
  family: "magnitude",
  cite: "@misc{t}",
  params: z.strictObject({}),
  needs: "nothing",
  nests: false,
} as const;

test.each([magnitude, highMagnitude, random])("$title meets every sparsity to half a weight", async (method) => {
  for (const sparsity of [0, 0.05, 0.1, 1 / 3, 0.5, 0.7, 0.9, 0.98, 0.999]) {
    const { mask, ledger } = await prune({ ...base, method, sparsity });
    expect(Math.abs(mask.size() - mask.kept() - sparsity * mask.size())).toBeLessThanOrEqual(0.5);
    expect(ledger.prunable.pruned).toBe(mask.size() - mask.kept());
    expect(ledger.total.sparsity).toBeLessThanOrEqual(ledger.prunable.sparsity);
  }
});

test("magnitude by hand: of 0.3, -0.1, 0.2, -0.4 the half kept is 0.3 and -0.4, and high magnitude keeps the rest", async () => {
  const name = "bert.encoder.layer.0.x.weight";
  const hand = new Map([[name, { shape: [2, 2], values: Float32Array.of(0.3, -0.1, 0.2, -0.4) }]]);
  const low = await prune({ ...base, scope: "encoder-matrices", weights: hand, method: magnitude, sparsity: 0.5 });
  expect(low.mask.toBytes(name)).toEqual(Uint8Array.of(1, 0, 0, 1));
  expect(low.weights.get(name)?.values).toEqual(Float32Array.of(0.3, 0, 0, -0.4));
  const high = await prune({ ...base, scope: "encoder-matrices", weights: hand, method: highMagnitude, sparsity: 0.5 });
  expect(high.mask.toBytes(name)).toEqual(Uint8Array.of(0, 1, 1, 0));
});

test("random differs by seed, repeats by seed, and does not depend on the order of the model", async () => {
  const one = await prune({ ...base, method: random, sparsity: 0.5 });
  const again = await prune({ ...base, weights: new Map([...weights].reverse()), method: random, sparsity: 0.5 });
  const other = await prune({ ...base, seed: 2, method: random, sparsity: 0.5 });
  expect(again.mask.equals(one.mask)).toBe(true);
  expect(other.mask.equals(one.mask)).toBe(false);
});

test("the ledger adds up and names the dead weights", async () => {
  const { ledger, mask } = await prune({ ...base, method: magnitude, sparsity: 0.6 });
  const modules = Object.values(ledger.modules);
  expect(modules.reduce((sum, module) => sum + module.pruned, 0)).toBe(ledger.total.pruned);
  expect(modules.reduce((sum, module) => sum + module.size, 0)).toBe(ledger.total.size);
  for (const line of ledger.parameters) {
    const zeros = mask.toBytes(line.name).filter((byte) => byte === 0).length;
    expect(line.pruned).toBe(zeros);
    expect(line.dead).toBe(/x_layers\.1\.visn_/.test(line.name));
  }
  expect(ledger.dead.size).toBe(ledger.parameters.filter((l) => l.dead).reduce((sum, l) => sum + l.size, 0));
});

test("the study ranks scores where the method leaves it open, and the method where it does not", async () => {
  const layer = { granularity: "layer", allocation: "uniform" } as const;
  const layerwise = await prune({ ...base, ...layer, method: magnitude, sparsity: 0.5 });
  for (const { prunable, size, kept } of layerwise.ledger.parameters)
    if (prunable) expect(Math.abs(kept - size / 2)).toBeLessThanOrEqual(1);
  const own = await prune({ ...base, method: randomErk, sparsity: 0.5 });
  const asked = await prune({ ...base, ...layer, method: randomErk, sparsity: 0.5 });
  expect(asked.mask.equals(own.mask)).toBe(true);
});

test.each([1, -0.1, NaN, 70])("sparsity %s is refused with what to give", async (sparsity) => {
  await expect(prune({ ...base, method: magnitude, sparsity })).rejects.toThrow(/from 0 up to but not 1/);
});

test("an unknown parameter is refused by name", async () => {
  await expect(prune({ ...base, method: magnitude, sparsity: 0.5, params: { rate: 1 } })).rejects.toThrow(/rate/);
});

test("scores of the wrong kind, length or with NaN are refused, naming the parameter", async () => {
  const broken = (score: (values: Float32Array) => unknown): Method =>
    defineMethod({ ...card, score: ({ values }) => score(values) as Float32Array });
  const run = (score: (values: Float32Array) => unknown) => prune({ ...base, method: broken(score), sparsity: 0.5 });
  await expect(run((values) => [...values])).rejects.toThrow(/Float32Array is needed/);
  await expect(run((values) => values.subarray(1))).rejects.toThrow(/\d+ numbers for \d+ weights/);
  await expect(run((values) => values.map(() => NaN))).rejects.toThrow(/scores of logit_fc.0.bias: NaN at index 0/);
});

test("a mask method that misses the target, or prunes out of scope, is refused", async () => {
  const dense = defineMethod({
    ...card,
    count: "exact",
    mask: ({ shapes, prunable }) => ({ mask: Mask.dense(shapes, prunable) }),
  });
  await expect(prune({ ...base, method: dense, sparsity: 0.5 })).rejects.toThrow(/asked 0.5, mask has 0.0000/);
  const name = "logit_fc.3.bias";
  const outside = defineMethod({
    ...card,
    count: "own",
    mask: ({ shapes }) => ({ mask: Mask.fromBytes(shapes, new Map([[name, new Uint8Array(5)]])) }),
  });
  await expect(prune({ ...base, method: outside, sparsity: 0.5 })).rejects.toThrow(/logit_fc.3.bias, which is not in/);
});

test("methods are found by file name, a slip gets a hint, a bad file a reason", async () => {
  expect(await methodNames()).toEqual(expect.arrayContaining(["magnitude", "random", "high-magnitude"]));
  expect((await loadMethod("magnitude")).title).toBe("Magnitude");
  await expect(loadMethod("magnitde")).rejects.toThrow(/did you mean "magnitude"/);
  await expect(loadMethod("./none.ts")).rejects.toThrow(/no method file at/);
  const folder = await mkdtemp(join(tmpdir(), "ticketbench-method-"));
  const path = join(folder, "bad.ts");
  await writeFile(path, "export default { title: 'Bad' };");
  await expect(loadMethod(path)).rejects.toThrow(/bad\.ts: "idea" is missing/);
  await writeFile(join(folder, "throws.ts"), "throw new Error('at load');");
  await expect(loadMethod(join(folder, "throws.ts"))).rejects.toThrow(/throws\.ts: at load/);
  await rm(folder, { recursive: true });
});
