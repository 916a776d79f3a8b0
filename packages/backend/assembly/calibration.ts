import { horizontalSum, madd, splat } from "./simd";

/**
 * Nothing but multiply-adds on registers, ten independent chains of four lanes: 80 operations an iteration. What the
 * matrix product reaches is stated against this, so that a spill in its tile shows on any machine.
 */
export function multiplyAdds(iterations: i32, x: f32): f32 {
  const factor = splat(x);
  let a = splat(0.1);
  let b = splat(0.2);
  let c = splat(0.3);
  let d = splat(0.4);
  let e = splat(0.5);
  let f = splat(0.6);
  let g = splat(0.7);
  let h = splat(0.8);
  let i = splat(0.9);
  let j = splat(0.15);
  for (let round = 0; round < iterations; round++) {
    a = madd(a, factor, factor);
    b = madd(b, factor, factor);
    c = madd(c, factor, factor);
    d = madd(d, factor, factor);
    e = madd(e, factor, factor);
    f = madd(f, factor, factor);
    g = madd(g, factor, factor);
    h = madd(h, factor, factor);
    i = madd(i, factor, factor);
    j = madd(j, factor, factor);
  }
  let sum = a;
  sum = f32x4.add(sum, b);
  sum = f32x4.add(sum, c);
  sum = f32x4.add(sum, d);
  sum = f32x4.add(sum, e);
  sum = f32x4.add(sum, f);
  sum = f32x4.add(sum, g);
  sum = f32x4.add(sum, h);
  sum = f32x4.add(sum, i);
  sum = f32x4.add(sum, j);
  return horizontalSum(sum);
}
