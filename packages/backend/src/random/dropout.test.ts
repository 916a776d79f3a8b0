import { expect, test } from "vitest";
import { Dropout, dropoutFactors } from "./dropout.ts";

test("drops the asked share, scales the rest, and gives each use and each step another mask", () => {
  const dropout = new Dropout(0.1, 4);
  dropout.startStep(0);
  const [first, second] = [dropout.next()!, dropout.next()!];
  dropout.startStep(1);
  const later = dropout.next()!;
  const factors = dropoutFactors(first, 40000);
  expect(factors.filter((factor) => factor === 0).length / 40000).toBeCloseTo(0.1, 2);
  expect(factors.find((factor) => factor !== 0)).toBeCloseTo(1 / 0.9, 4);
  expect(dropoutFactors(second, 400)).not.toEqual(factors.slice(0, 400));
  expect(dropoutFactors(later, 400)).not.toEqual(factors.slice(0, 400));
});

test("a shorter tensor sees the beginning of the same mask", () => {
  const dropout = new Dropout(0.5, 4);
  dropout.startStep(7);
  const site = dropout.next()!;
  for (const count of [0, 1, 3, 5, 31, 32, 33]) {
    expect(dropoutFactors(site, count)).toEqual(dropoutFactors(site, 64).slice(0, count));
  }
});

test("a rate of 0 drops nothing, a rate of 1 is refused", () => {
  expect(new Dropout(0, 1).next()).toBeNull();
  expect(() => new Dropout(1, 1)).toThrow("dropout 1");
});
