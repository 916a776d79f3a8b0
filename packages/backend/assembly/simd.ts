// Shared by every kernel: the multiply-add of this build, partial stores, and the exponential.

/** a * b + c: one rounding where the build has relaxed SIMD and the CPU fuses, two otherwise. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}

// @ts-ignore: decorator
@inline
export function splat(x: f32): v128 {
  return f32x4.splat(x);
}

// @ts-ignore: decorator
@inline
export function least(a: i32, b: i32): i32 {
  return a < b ? a : b;
}

// @ts-ignore: decorator
@inline
export function horizontalSum(a: v128): f32 {
  return f32x4.extract_lane(a, 0) + f32x4.extract_lane(a, 1) + (f32x4.extract_lane(a, 2) + f32x4.extract_lane(a, 3));
}

/** Loads up to four floats; lanes past `count` are 0. Never reads past the tensor. */
// @ts-ignore: decorator
@inline
export function loadSome(p: usize, count: i32): v128 {
  if (count >= 4) return v128.load(p);
  let a = v128.load32_zero(p);
  if (count > 1) a = v128.load32_lane(p, a, 1, 4);
  if (count > 2) a = v128.load32_lane(p, a, 2, 8);
  return a;
}

/** Stores up to four floats; never writes past the tensor. */
// @ts-ignore: decorator
@inline
export function storeSome(p: usize, a: v128, count: i32): void {
  if (count >= 4) {
    v128.store(p, a);
    return;
  }
  v128.store32_lane(p, a, 0);
  if (count > 1) v128.store32_lane(p, a, 1, 4);
  if (count > 2) v128.store32_lane(p, a, 2, 8);
}

/**
 * e^x to about one unit in the last place (Cephes' polynomial). Rounds by adding 1.5 * 2^23 and clamps with
 * pmin/pmax: V8 makes slow sequences of f32x4.min, max and trunc_sat.
 */
// @ts-ignore: decorator
@inline
export function exp(x0: v128): v128 {
  const x = f32x4.pmax(f32x4.pmin(x0, splat(88.0)), splat(-87.0));
  const t = madd(x, splat(1.44269504), splat(12582912.0));
  const n = f32x4.sub(t, splat(12582912.0));
  let r = madd(n, splat(-0.693359375), x);
  r = madd(n, splat(2.1219444e-4), r);
  let p = madd(splat(1.98756915e-4), r, splat(1.3981999507e-3));
  p = madd(p, r, splat(8.3334519073e-3));
  p = madd(p, r, splat(4.1665795894e-2));
  p = madd(p, r, splat(1.6666665459e-1));
  p = madd(p, r, splat(5.0000001201e-1));
  p = f32x4.add(madd(p, f32x4.mul(r, r), r), splat(1));
  return i32x4.add(p, i32x4.shl(t, 23));
}
