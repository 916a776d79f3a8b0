import { dropout } from "./dropout";
import { exp } from "./exp";
import { gemm } from "./gemm";
import { horizontalSum, loadSome, madd, splat, storeSome } from "./simd";
import { REPLACE } from "./tile";

/** Up to four raw scores, scaled and masked. */
// @ts-ignore: decorator
@inline
function scoreSome(p: usize, scale: v128, mask: usize, count: i32): v128 {
  let score = f32x4.mul(loadSome(p, count), scale);
  if (mask) score = f32x4.add(score, loadSome(mask, count));
  storeSome(p, score, count);
  return score;
}

/** Rows of raw scores to probabilities, in place: scale, add the mask's row (0 for none), softmax. */
function softmaxRows(rows: i32, width: i32, p: usize, scale: f32, mask: usize): void {
  const stride = <usize>width << 2;
  const whole = <usize>(width & ~3) << 2;
  const left = width & 3;
  const scales = splat(scale);
  for (let r = 0; r < rows; r++) {
    let highest = splat(-3.4e38);
    if (mask) for (let at: usize = 0; at < whole; at += 16) highest = f32x4.pmax(highest, scoreSome(p + at, scales, mask + at, 4));
    else for (let at: usize = 0; at < whole; at += 16) highest = f32x4.pmax(highest, scoreSome(p + at, scales, 0, 4));
    let peak = max<f32>(f32x4.extract_lane(highest, 0), f32x4.extract_lane(highest, 1));
    peak = max<f32>(peak, max<f32>(f32x4.extract_lane(highest, 2), f32x4.extract_lane(highest, 3)));
    if (left) {
      scoreSome(p + whole, scales, mask ? mask + whole : 0, left);
      for (let at = whole; at < stride; at += 4) peak = max<f32>(peak, load<f32>(p + at));
    }
    let sum = splat(0);
    let tail: f32 = 0;
    for (let at: usize = 0; at < whole; at += 16) {
      const e = exp(f32x4.sub(v128.load(p + at), splat(peak)));
      v128.store(p + at, e);
      sum = f32x4.add(sum, e);
    }
    if (left) {
      storeSome(p + whole, exp(f32x4.sub(loadSome(p + whole, left), splat(peak))), left);
      for (let at = whole; at < stride; at += 4) tail += load<f32>(p + at);
    }
    const inverse = splat(1 / (horizontalSum(sum) + tail));
    for (let at: usize = 0; at < whole; at += 16) v128.store(p + at, f32x4.mul(v128.load(p + at), inverse));
    if (left) storeSome(p + whole, f32x4.mul(loadSome(p + whole, left), inverse), left);
    p += stride;
  }
}

/**
 * Attended values and probabilities. Heads lie side by side: head h of row r at r * heads * size + h * size.
 * @param mask [batch, keys] or 0
 * @param probabilities [batch, heads, queries, keys], before dropout
 * @param dropped the same after dropout (equal to `probabilities` where nothing is dropped)
 */
export function attention(
  batch: i32, heads: i32, queries: i32, keys: i32, size: i32,
  q: usize, k: usize, v: usize, mask: usize, probabilities: usize, dropped: usize, output: usize,
  threshold: i32, dropScale: f32, step: i32, site: i32, key0: i32, key1: i32,
): void {
  const hidden = heads * size;
  const scale: f32 = 1 / sqrt<f32>(<f32>size);
  const matrix = <usize>(queries * keys) << 2;
  let p = probabilities;
  for (let b = 0; b < batch; b++) {
    for (let h = 0; h < heads; h++) {
      const atQuery = <usize>(b * queries * hidden + h * size) << 2;
      const atKey = <usize>(b * keys * hidden + h * size) << 2;
      gemm(false, true, queries, keys, size, q + atQuery, hidden, k + atKey, hidden, p, keys, REPLACE, 0);
      softmaxRows(queries, keys, p, scale, mask ? mask + (<usize>(b * keys) << 2) : 0);
      p += matrix;
    }
  }
  if (threshold > 0) dropout(batch * heads * queries * keys, probabilities, dropped, threshold, dropScale, step, site, key0, key1);
  p = dropped;
  for (let b = 0; b < batch; b++) {
    for (let h = 0; h < heads; h++) {
      const atQuery = <usize>(b * queries * hidden + h * size) << 2;
      const atKey = <usize>(b * keys * hidden + h * size) << 2;
      gemm(false, false, queries, size, keys, p, keys, v + atKey, hidden, output + atQuery, hidden, REPLACE, 0);
      p += matrix;
    }
  }
}

/** Up to four columns of d = p (d - expected) scale. */
// @ts-ignore: decorator
@inline
function softmaxGradientSome(p: usize, d: usize, scale: v128, expected: v128, count: i32): void {
  const centred = f32x4.sub(loadSome(d, count), expected);
  storeSome(d, f32x4.mul(f32x4.mul(loadSome(p, count), scale), centred), count);
}

/** Gradient through softmax and scale, in place: d = p (d - sum(p d)) scale. */
function softmaxRowsGradient(rows: i32, width: i32, p: usize, d: usize, scale: f32): void {
  const stride = <usize>width << 2;
  const whole = <usize>(width & ~3) << 2;
  const left = width & 3;
  const scales = splat(scale);
  for (let r = 0; r < rows; r++) {
    let sum = splat(0);
    for (let at: usize = 0; at < whole; at += 16) sum = madd(v128.load(p + at), v128.load(d + at), sum);
    if (left) sum = madd(loadSome(p + whole, left), loadSome(d + whole, left), sum);
    const expected = splat(horizontalSum(sum));
    for (let at: usize = 0; at < whole; at += 16) softmaxGradientSome(p + at, d + at, scales, expected, 4);
    if (left) softmaxGradientSome(p + whole, d + whole, scales, expected, left);
    p += stride;
    d += stride;
  }
}

/**
 * @param dropped [batch, heads, queries, keys]: scratch for the probabilities after dropout (the probabilities
 *   themselves where nothing is dropped)
 * @param dScores [batch, heads, queries, keys]: scratch
 */
export function attentionGradient(
  batch: i32, heads: i32, queries: i32, keys: i32, size: i32,
  q: usize, k: usize, v: usize, probabilities: usize, dy: usize, dropped: usize, dScores: usize,
  dq: usize, dk: usize, dv: usize,
  threshold: i32, dropScale: f32, step: i32, site: i32, key0: i32, key1: i32,
): void {
  const hidden = heads * size;
  const scale: f32 = 1 / sqrt<f32>(<f32>size);
  const matrix = <usize>(queries * keys) << 2;
  const count = batch * heads * queries * keys;
  if (threshold > 0) dropout(count, probabilities, dropped, threshold, dropScale, step, site, key0, key1);
  let p = dropped;
  let d = dScores;
  for (let b = 0; b < batch; b++) {
    for (let h = 0; h < heads; h++) {
      const atQuery = <usize>(b * queries * hidden + h * size) << 2;
      const atKey = <usize>(b * keys * hidden + h * size) << 2;
      gemm(true, false, keys, size, queries, p, keys, dy + atQuery, hidden, dv + atKey, hidden, REPLACE, 0);
      gemm(false, true, queries, keys, size, dy + atQuery, hidden, v + atKey, hidden, d, keys, REPLACE, 0);
      p += matrix;
      d += matrix;
    }
  }
  if (threshold > 0) dropout(count, dScores, dScores, threshold, dropScale, step, site, key0, key1);
  softmaxRowsGradient(batch * heads * queries, keys, probabilities, dScores, scale);
  d = dScores;
  for (let b = 0; b < batch; b++) {
    for (let h = 0; h < heads; h++) {
      const atQuery = <usize>(b * queries * hidden + h * size) << 2;
      const atKey = <usize>(b * keys * hidden + h * size) << 2;
      gemm(false, false, queries, size, keys, d, keys, k + atKey, hidden, dq + atQuery, hidden, REPLACE, 0);
      gemm(true, false, keys, size, queries, d, keys, q + atQuery, hidden, dk + atKey, hidden, REPLACE, 0);
      d += matrix;
    }
  }
}
