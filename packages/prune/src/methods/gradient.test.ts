import { expect, test } from "vitest";
import { gradientCalibration, HAND, keepBySearch, pruneByHand } from "../testing/hand.ts";
import grasp from "./grasp.ts";
import magnitudeGradient from "./magnitude-gradient.ts";
import magnitude from "./magnitude.ts";
import snip from "./snip.ts";

const rows = [
  [1, -2],
  [3, 0.5],
];

test("SNIP by hand: |w g| of 1, -2, 3, 0.5 with gradients 2, 0.5, -0.1, 1 is 2, 1, 0.3, 0.5", async () => {
  const calibration = gradientCalibration(() => [2, 0.5, -0.1, 1]);
  expect((await pruneByHand(rows, { method: snip, sparsity: 0.5, calibration })).kept).toBe("1100");
  expect((await pruneByHand(rows, { method: snip, sparsity: 0.25, calibration })).kept).toBe("1101");
});

test("magnitude x gradient by hand: opposite gradients of two batches count, where SNIP's mean sees nothing", async () => {
  const calibration = gradientCalibration(
    () => [1, 1, 0, 1],
    () => [-1, 0, 0, 1],
  );
  // (w g)^2 summed: 1 + 1, 4 + 0, 0, 0.25 + 0.25; the mean gradient of the first weight is 0.
  expect((await pruneByHand(rows, { method: magnitudeGradient, sparsity: 0.5, calibration })).kept).toBe("1100");
  expect((await pruneByHand(rows, { method: snip, sparsity: 0.5, calibration })).kept).toBe("0101");
});

test("SNIP and magnitude x gradient keep what naive loops over weights and batches keep", async () => {
  const matrix = Array.from({ length: 4 }, (_, i) =>
    Array.from({ length: 3 }, (_, j) => Math.fround(Math.sin(7 * i + j))),
  );
  const weights = matrix.flat();
  const batches = [1, 2, 3].map((batch) => weights.map((_, i) => Math.fround(Math.cos(5 * batch + 3 * i))));
  const calibration = gradientCalibration(...batches.map((gradient) => () => gradient));
  const [sensitivity, taylor] = [[], []] as [number[], number[]];
  for (const [i, weight] of weights.entries()) {
    let [mean, squares] = [0, 0];
    for (const gradient of batches) {
      mean += (gradient[i] ?? NaN) / batches.length;
      squares += (weight * (gradient[i] ?? NaN)) ** 2;
    }
    sensitivity.push(Math.abs(weight * mean));
    taylor.push(squares);
  }
  for (const sparsity of [0.25, 0.5, 0.75]) {
    const keep = 12 * (1 - sparsity);
    expect((await pruneByHand(matrix, { method: snip, sparsity, calibration })).kept).toBe(
      keepBySearch(sensitivity, keep),
    );
    const first = await pruneByHand(matrix, { method: magnitudeGradient, sparsity, calibration });
    expect(first.kept).toBe(keepBySearch(taylor, keep));
  }
});

test("magnitude x gradient ranks gradients whose squares single precision cannot hold", async () => {
  const calibration = gradientCalibration(() => [2e-30, 1e-30, 4e-30, 3e-30]);
  expect((await pruneByHand([[1, 1, 1, 1]], { method: magnitudeGradient, sparsity: 0.5, calibration })).kept).toBe(
    "0011",
  );
});

/** Gradient of 1/2 w^T A w, whose Hessian is A. */
const A = [
  [2, 1, 0, 0],
  [1, 3, 0, -1],
  [0, 0, 1, 0],
  [0, -1, 0, 4],
];
const times = (matrix: number[][], v: ArrayLike<number>) =>
  matrix.map((row) => row.reduce((sum, a, j) => sum + a * (v[j] ?? NaN), 0));

test("GraSP keeps the largest w (H g), as a double loop over a quadratic loss's Hessian has it", async () => {
  const w = rows.flat();
  const Hg = times(A, times(A, w));
  const scores = w.map((weight, i) => weight * (Hg[i] ?? NaN));
  // g = A w = 0, -5.5, 3, 4; H g = -5.5, -20.5, 3, 21.5; w H g = -5.5, 41, 9, 10.75
  expect(scores).toEqual([-5.5, 41, 9, 10.75]);
  const calibration = gradientCalibration((weights) => times(A, weights));
  expect((await pruneByHand(rows, { method: grasp, sparsity: 0.25, calibration })).kept).toBe("0111");
  expect((await pruneByHand(rows, { method: grasp, sparsity: 0.5, calibration })).kept).toBe("0101");
});

test("GraSP takes a gradient of zero without dividing by it", async () => {
  const calibration = gradientCalibration(() => [0, 0, 0, 0]);
  expect((await pruneByHand(rows, { method: grasp, sparsity: 0.5, calibration })).mask.kept(HAND)).toBe(2);
});

test("a gradient method without calibration, and a calibration read by one that says it needs none, are refused", async () => {
  await expect(pruneByHand(rows, { method: snip, sparsity: 0.5 })).rejects.toThrow(/SNIP needs gradients: give it/);
  const sly = { ...magnitude, prepare: ({ calibration }: { calibration: unknown }) => calibration as undefined };
  await expect(pruneByHand(rows, { method: sly, sparsity: 0.5 })).rejects.toThrow(/says it needs nothing/);
});
