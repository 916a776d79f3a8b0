import { madd } from "./simd";

/** Rows of a tile: six with fused multiply-add, five without (a sixth spills registers in V8). */
export const MR: i32 = ASC_FEATURE_RELAXED_SIMD ? 6 : 5;
/** Columns of a tile. */
export const NR: i32 = 8;

/** What a tile does to C: replace it, add to it, or replace it with the product plus a row of biases. */
export const REPLACE: i32 = 0;
export const ACCUMULATE: i32 = 1;
export const ADD_BIAS: i32 = 2;

// @ts-ignore: decorator
@inline
function finish(c: usize, left: v128, right: v128, mode: i32, bias: usize): void {
  if (mode == ACCUMULATE) {
    v128.store(c, f32x4.add(v128.load(c), left));
    v128.store(c, f32x4.add(v128.load(c, 16), right), 16);
  } else if (mode == ADD_BIAS) {
    v128.store(c, f32x4.add(v128.load(bias), left));
    v128.store(c, f32x4.add(v128.load(bias, 16), right), 16);
  } else {
    v128.store(c, left);
    v128.store(c, right, 16);
  }
}

/**
 * One MR x NR tile of C. One k-step an iteration: unrolling makes V8 spill.
 * @param a element (row, k) of the left matrix lies at a + row * lane + k * step
 * @param b packed panel of the right matrix, b[k][NR]
 * @param stride bytes between rows of C
 */
// @ts-ignore: decorator
@inline
export function tile(
  depth: i32, a: usize, lane: usize, step: usize, b: usize, c: usize, stride: usize, mode: i32, bias: usize,
): void {
  let a1 = a + lane;
  let a2 = a1 + lane;
  let a3 = a2 + lane;
  let a4 = a3 + lane;
  let a5 = a4 + lane;
  let c0l = f32x4.splat(0);
  let c0r = f32x4.splat(0);
  let c1l = f32x4.splat(0);
  let c1r = f32x4.splat(0);
  let c2l = f32x4.splat(0);
  let c2r = f32x4.splat(0);
  let c3l = f32x4.splat(0);
  let c3r = f32x4.splat(0);
  let c4l = f32x4.splat(0);
  let c4r = f32x4.splat(0);
  let c5l = f32x4.splat(0);
  let c5r = f32x4.splat(0);
  for (let k = depth; k > 0; k--) {
    const left = v128.load(b);
    const right = v128.load(b, 16);
    const v0 = v128.load32_splat(a);
    c0l = madd(v0, left, c0l);
    c0r = madd(v0, right, c0r);
    const v1 = v128.load32_splat(a1);
    c1l = madd(v1, left, c1l);
    c1r = madd(v1, right, c1r);
    const v2 = v128.load32_splat(a2);
    c2l = madd(v2, left, c2l);
    c2r = madd(v2, right, c2r);
    const v3 = v128.load32_splat(a3);
    c3l = madd(v3, left, c3l);
    c3r = madd(v3, right, c3r);
    const v4 = v128.load32_splat(a4);
    c4l = madd(v4, left, c4l);
    c4r = madd(v4, right, c4r);
    if (MR == 6) {
      const v5 = v128.load32_splat(a5);
      c5l = madd(v5, left, c5l);
      c5r = madd(v5, right, c5r);
      a5 += step;
    }
    a += step;
    a1 += step;
    a2 += step;
    a3 += step;
    a4 += step;
    b += NR << 2;
  }
  finish(c, c0l, c0r, mode, bias);
  finish(c + 1 * stride, c1l, c1r, mode, bias);
  finish(c + 2 * stride, c2l, c2r, mode, bias);
  finish(c + 3 * stride, c3l, c3r, mode, bias);
  finish(c + 4 * stride, c4l, c4r, mode, bias);
  if (MR == 6) finish(c + 5 * stride, c5l, c5r, mode, bias);
}
