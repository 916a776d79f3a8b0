import { EXP_CONSTANTS } from "./scratch";
import { constant, madd } from "./simd";

const HIGHEST: usize = EXP_CONSTANTS;
const LOWEST: usize = EXP_CONSTANTS + 4;
const LOG2_E: usize = EXP_CONSTANTS + 8;
/** 1.5 * 2^23: adding it rounds to a whole number, which then lies in the low bits. */
const ROUND: usize = EXP_CONSTANTS + 12;
/** -ln 2, in two parts. */
const LN2_HIGH: usize = EXP_CONSTANTS + 16;
const LN2_LOW: usize = EXP_CONSTANTS + 20;
const P0: usize = EXP_CONSTANTS + 24;
const P1: usize = EXP_CONSTANTS + 28;
const P2: usize = EXP_CONSTANTS + 32;
const P3: usize = EXP_CONSTANTS + 36;
const P4: usize = EXP_CONSTANTS + 40;
const P5: usize = EXP_CONSTANTS + 44;
const ONE: usize = EXP_CONSTANTS + 48;

export function layOutExpConstants(): void {
  store<f32>(HIGHEST, 88.0);
  store<f32>(LOWEST, -87.0);
  store<f32>(LOG2_E, 1.44269504);
  store<f32>(ROUND, 12582912.0);
  store<f32>(LN2_HIGH, -0.693359375);
  store<f32>(LN2_LOW, 2.1219444e-4);
  store<f32>(P0, 1.98756915e-4);
  store<f32>(P1, 1.3981999507e-3);
  store<f32>(P2, 8.3334519073e-3);
  store<f32>(P3, 4.1665795894e-2);
  store<f32>(P4, 1.6666665459e-1);
  store<f32>(P5, 5.0000001201e-1);
  store<f32>(ONE, 1.0);
}

/** e^x to about one unit in the last place (Cephes' polynomial). V8 makes slow sequences of f32x4.min, max and trunc_sat. */
// @ts-ignore: decorator
@inline
export function exp(x0: v128): v128 {
  const x = f32x4.pmax(f32x4.pmin(x0, constant(HIGHEST)), constant(LOWEST));
  const t = madd(x, constant(LOG2_E), constant(ROUND));
  const n = f32x4.sub(t, constant(ROUND));
  let r = madd(n, constant(LN2_HIGH), x);
  r = madd(n, constant(LN2_LOW), r);
  let p = madd(constant(P0), r, constant(P1));
  p = madd(p, r, constant(P2));
  p = madd(p, r, constant(P3));
  p = madd(p, r, constant(P4));
  p = madd(p, r, constant(P5));
  p = f32x4.add(madd(p, f32x4.mul(r, r), r), constant(ONE));
  return i32x4.add(p, i32x4.shl(t, 23));
}
