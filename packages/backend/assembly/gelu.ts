import { exp, loadSome, madd, splat, storeSome } from "./simd";

/** erf(x) to 1.5e-7 (Abramowitz and Stegun 7.1.26) with e^(-x^2) given. */
// @ts-ignore: decorator
@inline
function erf(x: v128, gaussian: v128): v128 {
  const t = f32x4.div(splat(1), madd(splat(0.3275911), f32x4.abs(x), splat(1)));
  let p = madd(splat(1.061405429), t, splat(-1.453152027));
  p = madd(p, t, splat(1.421413741));
  p = madd(p, t, splat(-0.284496736));
  p = madd(p, t, splat(0.254829592));
  const y = f32x4.sub(splat(1), f32x4.mul(f32x4.mul(p, t), gaussian));
  return v128.bitselect(x, y, splat(-0.0));
}

export function gelu(count: i32, x: usize, y: usize): void {
  for (let i = 0; i < count; i += 4) {
    const a = loadSome(x, count - i);
    const gaussian = exp(f32x4.mul(f32x4.mul(a, a), splat(-0.5)));
    const half = f32x4.mul(a, splat(0.5));
    storeSome(y, madd(half, erf(f32x4.mul(a, splat(0.70710678)), gaussian), half), count - i);
    x += 16;
    y += 16;
  }
}

export function geluGradient(count: i32, x: usize, dy: usize, dx: usize): void {
  for (let i = 0; i < count; i += 4) {
    const a = loadSome(x, count - i);
    const gaussian = exp(f32x4.mul(f32x4.mul(a, a), splat(-0.5)));
    const distribution = madd(splat(0.5), erf(f32x4.mul(a, splat(0.70710678)), gaussian), splat(0.5));
    const slope = madd(f32x4.mul(a, splat(0.39894228)), gaussian, distribution);
    storeSome(dx, f32x4.mul(loadSome(dy, count - i), slope), count - i);
    x += 16;
    dy += 16;
    dx += 16;
  }
}
