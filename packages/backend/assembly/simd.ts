// Shared by every kernel: the multiply-add of this build and partial stores.

/** a * b + c: one rounding where the build has relaxed SIMD and the CPU fuses, two otherwise. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}

/** Four times the constant that `layOut` put at that address: V8 makes three instructions of a literal, one of this. */
// @ts-ignore: decorator
@inline
export function constant(address: usize): v128 {
  return v128.load32_splat(address);
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
