import { loadSome, madd, splat, storeSome } from "./simd";

/** Sum of squares, in double so that the norm of 200 million gradients keeps its digits. */
export function sumOfSquares(count: i32, x: usize): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (; count > 0; count -= 4) {
    const a = loadSome(x, count);
    const first = f64x2.promote_low_f32x4(a);
    const second = f64x2.promote_low_f32x4(v128.shuffle<i64>(a, a, 1, 1));
    low = f64x2.add(low, f64x2.mul(first, first));
    high = f64x2.add(high, f64x2.mul(second, second));
    x += 16;
  }
  const sum = f64x2.add(low, high);
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** All-ones lanes where the mask's byte is not 0. */
// @ts-ignore: decorator
@inline
function keepLanes(mask: usize, count: i32): v128 {
  let bytes: u32 = 0;
  if (count >= 4) bytes = load<u32>(mask);
  else for (let i: i32 = 0; i < count; i++) bytes |= <u32>load<u8>(mask + <usize>i) << (8 * i);
  const wide = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(i32x4(bytes, 0, 0, 0)));
  return i32x4.ne(wide, i32x4.splat(0));
}

/** One Adam step of up to four weights; see `adamStep`. */
// @ts-ignore: decorator
@inline
function adamSome(
  count: i32, parameter: usize, gradient: usize, first: usize, second: usize, mask: usize,
  rate: v128, beta1: v128, rest1: v128, beta2: v128, rest2: v128, epsilon: v128, decay: v128, inverse1: v128, inverse2: v128, scale: v128,
): void {
  const g = f32x4.mul(loadSome(gradient, count), scale);
  let m = madd(loadSome(first, count), beta1, f32x4.mul(g, rest1));
  let v = madd(loadSome(second, count), beta2, f32x4.mul(f32x4.mul(g, g), rest2));
  let w = loadSome(parameter, count);
  const deviation = f32x4.add(f32x4.sqrt(f32x4.mul(v, inverse2)), epsilon);
  const update = madd(w, decay, f32x4.div(f32x4.mul(m, inverse1), deviation));
  w = madd(rate, update, w);
  if (mask) {
    const keep = keepLanes(mask, count);
    m = v128.and(m, keep);
    v = v128.and(v, keep);
    w = v128.and(w, keep);
  }
  storeSome(first, m, count);
  storeSome(second, v, count);
  storeSome(parameter, w, count);
}

/** One Adam step of one tensor in place: clip, moments, decoupled decay, mask. `mask` 0 keeps everything. */
export function adamStep(
  count: i32, parameter: usize, gradient: usize, first: usize, second: usize, mask: usize,
  learningRate: f32, beta1: f32, rest1: f32, beta2: f32, rest2: f32, epsilon: f32, decay: f32, correction1: f32, correction2: f32, scale: f32,
): void {
  const b1 = splat(beta1);
  const b2 = splat(beta2);
  // 1 - beta comes rounded from double: subtracted here it would be 1e-5 off.
  const r1 = splat(rest1);
  const r2 = splat(rest2);
  const rate = splat(-learningRate);
  const inverse1 = splat(1 / correction1);
  const inverse2 = splat(1 / correction2);
  for (; count >= 4; count -= 4) {
    adamSome(4, parameter, gradient, first, second, mask, rate, b1, r1, b2, r2, splat(epsilon), splat(decay), inverse1, inverse2, splat(scale));
    parameter += 16;
    gradient += 16;
    first += 16;
    second += 16;
    if (mask) mask += 4;
  }
  if (count > 0)
    adamSome(count, parameter, gradient, first, second, mask, rate, b1, r1, b2, r2, splat(epsilon), splat(decay), inverse1, inverse2, splat(scale));
}
