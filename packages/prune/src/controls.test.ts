import { type RandomStream, randomStream } from "@ticketbench/backend";
import { parameterCount, parameterShapes } from "@ticketbench/model";
import { expect, test } from "vitest";
import { denseSmallConfig, randomWithSameRatios, shuffleMask } from "./controls.ts";
import { loadMethod } from "./method-files.ts";
import magnitude from "./methods/magnitude.ts";
import randomSameRatios from "./methods/random-same-ratios.ts";
import random from "./methods/random.ts";
import reinit from "./methods/reinit.ts";
import shuffle from "./methods/shuffle.ts";
import type { Training } from "./define-method.ts";
import { Mask } from "./mask.ts";
import { prune } from "./prune.ts";
import { rewind } from "./rewinding.ts";
import { FULL, lxmertShapes, randomWeights, TINY } from "./conformance/tiny-model.ts";

const seeded = (seed: number) => (name: string) => randomStream(seed, name);
const weights = randomWeights(lxmertShapes(TINY), 1);
const { mask } = await prune({ method: magnitude, weights, scope: "thesis", sparsity: 0.6, seed: 1 });

test.each([shuffleMask, randomWithSameRatios])(
  "$name keeps every parameter's count and loses the choice",
  (control) => {
    const one = control(mask, seeded(1));
    for (const name of mask.prunable) expect(one.kept(name)).toBe(mask.kept(name));
    expect(one.equals(mask)).toBe(false);
    expect(control(mask, seeded(1)).equals(one)).toBe(true);
    expect(control(mask, seeded(2)).equals(one)).toBe(false);
    // Chance alone: the expected overlap is the sum over parameters of kept^2 / size.
    const chance = mask.prunable.reduce((sum, name) => sum + mask.kept(name) ** 2 / mask.size(name), 0);
    expect(Math.abs(one.overlap(mask) - chance)).toBeLessThan(5 * Math.sqrt(chance));
  },
);

test("by hand: the order 2, 0, 3, 1 takes 1100 to 0101; of draws .2, .9, .4, .7 two weights keep the second and fourth", () => {
  const four = Mask.fromBytes(new Map([["w", [2, 2]]]), new Map([["w", Uint8Array.of(1, 1, 0, 0)]]));
  const draws = [0.2, 0.9, 0.4, 0.7];
  const drawn = { permutation: () => Uint32Array.of(2, 0, 3, 1), uniform: () => draws.shift() } as unknown;
  const random = () => drawn as RandomStream;
  expect([...shuffleMask(four, random).toBytes("w")]).toEqual([0, 1, 0, 1]);
  expect([...randomWithSameRatios(four, random).toBytes("w")]).toEqual([0, 1, 0, 1]);
});

test("shuffling and random places are what naive loops make of the same draws", () => {
  const [shuffled, drawn] = [shuffleMask(mask, seeded(1)), randomWithSameRatios(mask, seeded(1))];
  for (const name of mask.prunable) {
    const before = mask.toBytes(name);
    const order = seeded(1)(`shuffled ${name}`).permutation(before.length);
    const moved: number[] = [];
    for (let i = 0; i < before.length; i++) moved.push(before[order[i]!]!);
    expect([...shuffled.toBytes(name)]).toEqual(moved);
    const stream = seeded(1)(`same ratios ${name}`);
    const draws = moved.map(() => Math.fround(stream.uniform()));
    const largest = draws.map((draw) => Number(draws.filter((other) => other > draw).length < mask.kept(name)));
    expect([...drawn.toBytes(name)]).toEqual(largest);
  }
});

test.each([0.9, 0.5, 0.2])("the small dense model has %f of the parameters, to one neuron a layer", (share) => {
  for (const config of [FULL, TINY]) {
    const target = Math.round(share * parameterCount(parameterShapes(config)));
    const small = denseSmallConfig(config, target);
    const count = (intermediate: number) => parameterCount(parameterShapes({ ...small, intermediate }));
    const neuron = count(small.intermediate + 1) - count(small.intermediate);
    expect(Math.abs(count(small.intermediate) - target)).toBeLessThanOrEqual(neuron / 2);
    expect(small.hidden % small.heads).toBe(0);
  }
});

test("a dense model smaller than the narrowest one is refused", () => {
  expect(() => denseSmallConfig(TINY, 10)).toThrow(/no dense model with 2 heads/);
});

test("rewinds to the start, to a stored step, or to fresh weights, always under the mask", async () => {
  const later = randomWeights(lxmertShapes(TINY), 2);
  const stored = (step: number) => Promise.resolve({ 0: weights, 100: later }[step] ?? null);
  expect(await rewind(mask, { step: 0 }, stored, TINY)).toEqual(mask.apply(weights));
  expect(await rewind(mask, { step: 100 }, stored, TINY)).toEqual(mask.apply(later));
  await expect(rewind(mask, { step: 50 }, stored, TINY)).rejects.toThrow(/step 50: its weights were not stored/);
  const fresh = await rewind(mask, { freshSeed: 3 }, stored, TINY);
  expect(mask.regrown(fresh).size).toBe(0);
  const name = mask.prunable.find((each) => each.endsWith("query.weight")) ?? "";
  expect(fresh.get(name)?.values).not.toEqual(mask.apply(weights).get(name)?.values);
});

test("a control is a method: the other's counts, another choice, and for reinit a fresh start", async () => {
  const settings = { weights, scope: "thesis", sparsity: 0.6, seed: 1, load: loadMethod } as const;
  for (const control of [shuffle, randomSameRatios, reinit]) {
    const made = await prune({ ...settings, method: control, params: { of: "magnitude" } });
    for (const name of mask.prunable) expect(made.mask.kept(name)).toBe(mask.kept(name));
    expect(made.mask.equals(mask)).toBe(control === reinit);
    expect(made.rewindTo).toBe(control === reinit ? "fresh" : "start");
  }
});

test("a control draws apart from the method it controls for: of random, it is another random mask", async () => {
  const settings = { weights, scope: "thesis", sparsity: 0.5, seed: 1, load: loadMethod } as const;
  const own = (await prune({ ...settings, method: random })).mask;
  for (const control of [shuffle, randomSameRatios]) {
    const { mask: other } = await prune({ ...settings, method: control, params: { of: "random" } });
    const chance = own.prunable.reduce((sum, name) => sum + own.kept(name) ** 2 / own.size(name), 0);
    expect(Math.abs(other.overlap(own) - chance)).toBeLessThan(5 * Math.sqrt(chance));
  }
});

test("a control of a method that trains follows that training, and takes the mask it ends with", async () => {
  const settings = { weights, scope: "thesis", sparsity: 0.6, seed: 1, load: loadMethod } as const;
  const steps: number[] = [];
  const training: Training = {
    train: (ticket) => Promise.resolve(ticket.apply(weights)),
    follow: async (begin) => {
      const schedule = begin(weights, 20);
      let last = Mask.dense(mask.shapes, mask.prunable);
      for (let step = 0; step < 20; step++) {
        steps.push(step);
        const trained = { weights: () => Promise.resolve(weights), gradients: () => Promise.resolve(new Map()) };
        last = (await schedule.maskAt(step, { ...trained, set: () => Promise.resolve() })) ?? last;
      }
      return { weights, mask: last };
    },
  };
  // Nothing moves in this training, so both end with the mask of magnitude.
  for (const of of ["gmp", "imp"]) {
    const made = await prune({ ...settings, training, method: shuffle, params: { of } });
    for (const name of mask.prunable) expect(made.mask.kept(name)).toBe(mask.kept(name));
    expect(made.mask.equals(mask)).toBe(false);
  }
  expect(steps).toHaveLength(20);
  await expect(prune({ ...settings, method: shuffle, params: { of: "gmp" } })).rejects.toThrow(
    /Gradual magnitude pruning needs training: give it training/,
  );
});

test("a control of a method that does not exist, or without a way to find it, is refused", async () => {
  const settings = { weights, scope: "thesis", sparsity: 0.6, seed: 1, method: shuffle } as const;
  await expect(prune(settings)).rejects.toThrow(/needs other methods: give it load/);
  await expect(prune({ ...settings, load: loadMethod, params: { of: "wandaa" } })).rejects.toThrow(
    /did you mean "wanda"/,
  );
});
