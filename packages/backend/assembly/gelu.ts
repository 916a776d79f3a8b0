import { exp } from "./exp";
import { GELU_CONSTANTS } from "./scratch";
import { constant, loadSome, madd, storeSome } from "./simd";

/** Abramowitz and Stegun's, formula 7.1.26. */
const P: usize = GELU_CONSTANTS;
const A5: usize = GELU_CONSTANTS + 4;
const A4: usize = GELU_CONSTANTS + 8;
const A3: usize = GELU_CONSTANTS + 12;
const A2: usize = GELU_CONSTANTS + 16;
const A1: usize = GELU_CONSTANTS + 20;
const ONE: usize = GELU_CONSTANTS + 24;
const HALF: usize = GELU_CONSTANTS + 28;
const MINUS_HALF: usize = GELU_CONSTANTS + 32;
/** 1 / sqrt(2) */
const ROOT_HALF: usize = GELU_CONSTANTS + 36;
/** 1 / sqrt(2 pi) */
const DENSITY_PEAK: usize = GELU_CONSTANTS + 40;
const SIGN: usize = GELU_CONSTANTS + 44;

export function layOutGeluConstants(): void {
  store<f32>(P, 0.3275911);
  store<f32>(A5, 1.061405429);
  store<f32>(A4, -1.453152027);
  store<f32>(A3, 1.421413741);
  store<f32>(A2, -0.284496736);
  store<f32>(A1, 0.254829592);
  store<f32>(ONE, 1.0);
  store<f32>(HALF, 0.5);
  store<f32>(MINUS_HALF, -0.5);
  store<f32>(ROOT_HALF, 0.70710678);
  store<f32>(DENSITY_PEAK, 0.39894228);
  store<f32>(SIGN, -0.0);
}

/** erf(x) to 1.5e-7 with e^(-x^2) given. */
// @ts-ignore: decorator
@inline
function erf(x: v128, gaussian: v128): v128 {
  const sign = constant(SIGN);
  const t = f32x4.div(constant(ONE), madd(constant(P), v128.andnot(x, sign), constant(ONE)));
  let p = madd(constant(A5), t, constant(A4));
  p = madd(p, t, constant(A3));
  p = madd(p, t, constant(A2));
  p = madd(p, t, constant(A1));
  const y = f32x4.sub(constant(ONE), f32x4.mul(f32x4.mul(p, t), gaussian));
  return v128.or(v128.and(x, sign), v128.andnot(y, sign));
}

/** e^(-a^2 / 2) */
// @ts-ignore: decorator
@inline
function gaussianOf(a: v128): v128 {
  return exp(f32x4.mul(f32x4.mul(a, a), constant(MINUS_HALF)));
}

// @ts-ignore: decorator
@inline
function geluOf(a: v128, gaussian: v128): v128 {
  const half = f32x4.mul(a, constant(HALF));
  return madd(half, erf(f32x4.mul(a, constant(ROOT_HALF)), gaussian), half);
}

// @ts-ignore: decorator
@inline
function slopeOf(a: v128, gaussian: v128): v128 {
  const half = constant(HALF);
  const distribution = madd(half, erf(f32x4.mul(a, constant(ROOT_HALF)), gaussian), half);
  return madd(f32x4.mul(a, constant(DENSITY_PEAK)), gaussian, distribution);
}

export function gelu(count: i32, x: usize, y: usize): void {
  // Two vectors at a time share the loads of constants.
  for (; count >= 8; count -= 8) {
    const a = v128.load(x);
    const b = v128.load(x, 16);
    const gaussianA = gaussianOf(a);
    const gaussianB = gaussianOf(b);
    v128.store(y, geluOf(a, gaussianA));
    v128.store(y, geluOf(b, gaussianB), 16);
    x += 32;
    y += 32;
  }
  for (; count > 0; count -= 4) {
    const a = loadSome(x, count);
    storeSome(y, geluOf(a, gaussianOf(a)), count);
    x += 16;
    y += 16;
  }
}

export function geluGradient(count: i32, x: usize, dy: usize, dx: usize): void {
  for (; count >= 8; count -= 8) {
    const a = v128.load(x);
    const b = v128.load(x, 16);
    const gaussianA = gaussianOf(a);
    const gaussianB = gaussianOf(b);
    v128.store(dx, f32x4.mul(v128.load(dy), slopeOf(a, gaussianA)));
    v128.store(dx, f32x4.mul(v128.load(dy, 16), slopeOf(b, gaussianB)), 16);
    x += 32;
    dy += 32;
    dx += 32;
  }
  for (; count > 0; count -= 4) {
    const a = loadSome(x, count);
    storeSome(dx, f32x4.mul(loadSome(dy, count), slopeOf(a, gaussianOf(a))), count);
    x += 16;
    dy += 16;
    dx += 16;
  }
}
