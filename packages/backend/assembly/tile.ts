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
 * One MR x NR tile of C from packed panels: a[k][MR], b[k][NR]. One k-step an iteration: unrolling makes V8 spill.
 * @param stride bytes between rows of C
 */
export function tile(depth: i32, a: usize, b: usize, c: usize, stride: usize, mode: i32, bias: usize): void {
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
    const a0 = v128.load32_splat(a, 0);
    c0l = madd(a0, left, c0l);
    c0r = madd(a0, right, c0r);
    const a1 = v128.load32_splat(a, 4);
    c1l = madd(a1, left, c1l);
    c1r = madd(a1, right, c1r);
    const a2 = v128.load32_splat(a, 8);
    c2l = madd(a2, left, c2l);
    c2r = madd(a2, right, c2r);
    const a3 = v128.load32_splat(a, 12);
    c3l = madd(a3, left, c3l);
    c3r = madd(a3, right, c3r);
    const a4 = v128.load32_splat(a, 16);
    c4l = madd(a4, left, c4l);
    c4r = madd(a4, right, c4r);
    if (MR == 6) {
      const a5 = v128.load32_splat(a, 20);
      c5l = madd(a5, left, c5l);
      c5r = madd(a5, right, c5r);
    }
    a += MR << 2;
    b += NR << 2;
  }
  finish(c, c0l, c0r, mode, bias);
  finish(c + 1 * stride, c1l, c1r, mode, bias);
  finish(c + 2 * stride, c2l, c2r, mode, bias);
  finish(c + 3 * stride, c3l, c3r, mode, bias);
  finish(c + 4 * stride, c4l, c4r, mode, bias);
  if (MR == 6) finish(c + 5 * stride, c5l, c5r, mode, bias);
}
