import { expect, test } from "vitest";
import { cubicSparsity, prunesAt } from "./cubic.ts";

const when = { totalSteps: 101, begin: 0.1, end: 0.5, every: 10 };

test("the curve by hand: 0 at the beginning, 7/8 of the target halfway, the target at the end and after", () => {
  expect([0, 10, 30, 50, 100].map((step) => cubicSparsity(step, 0.8, when))).toEqual([0, 0, 0.8 * 0.875, 0.8, 0.8]);
});

test("prunes every so many steps from beginning to end, and always at the end", () => {
  const steps = Array.from({ length: 101 }, (_, step) => step).filter((step) => prunesAt(step, { ...when, every: 15 }));
  expect(steps).toEqual([10, 25, 40, 50]);
});

test("a training of one step reaches the target in it", () => {
  const once = { totalSteps: 1, begin: 0, end: 1, every: 5 };
  expect(prunesAt(0, once)).toBe(true);
  expect(cubicSparsity(0, 0.7, once)).toBe(0.7);
});
