import fc from "fast-check";
import { expect, test } from "vitest";
import { randomStream } from "./stream.ts";

test("streams of other names and other seeds share no numbers, the same stream repeats", () => {
  const draw = (seed: number, name: string): number[] => {
    const stream = randomStream(seed, name);
    return Array.from({ length: 8 }, () => stream.nextUint32());
  };
  expect(draw(1, "init")).toEqual(draw(1, "init"));
  const all = [draw(1, "init"), draw(2, "init"), draw(1, "order"), draw(1 + 2 ** 32, "init")].flat();
  expect(new Set(all).size).toBe(all.length);
});

test("a permutation holds every index once", () => {
  fc.assert(
    fc.property(fc.nat(200), fc.nat(), (count, seed) => {
      const order = randomStream(seed, "order").permutation(count);
      expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
    }),
  );
});

test("normal numbers have mean 0 and variance 1", () => {
  const stream = randomStream(5, "init");
  const draws = Array.from({ length: 20000 }, () => stream.normal());
  const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length;
  const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length;
  expect(mean).toBeCloseTo(0, 1);
  expect(variance).toBeCloseTo(1, 1);
});

test("a negative or broken seed is refused", () => {
  expect(() => randomStream(-1, "init")).toThrow("seed -1: expected a whole number from 0 up");
  expect(() => randomStream(1.5, "init")).toThrow("seed 1.5");
});
