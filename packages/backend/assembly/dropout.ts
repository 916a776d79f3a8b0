import { DROPOUT_CONSTANTS, DROPOUT_WORDS } from "./scratch";
import { constant, loadSome, storeSome } from "./simd";

/** Philox's multipliers. */
const M0: usize = DROPOUT_CONSTANTS;
const M1: usize = DROPOUT_CONSTANTS + 4;

export function layOutDropoutConstants(): void {
  store<u32>(M0, 0xd2511f53);
  store<u32>(M1, 0xcd9e8d57);
}

/** Low words of four products of unsigned 32-bit numbers by a constant. */
// @ts-ignore: decorator
@inline
function lowProduct(x: v128, m: v128): v128 {
  return i32x4.mul(x, m);
}

/** High words of the same products. */
// @ts-ignore: decorator
@inline
function highProduct(x: v128, m: v128): v128 {
  return v128.shuffle<i32>(i64x2.extmul_low_i32x4_u(x, m), i64x2.extmul_high_i32x4_u(x, m), 1, 3, 5, 7);
}

/** Philox4x32-10 on blocks 4 * group .. 4 * group + 3, one a lane; the four word vectors go to DROPOUT_WORDS. */
export function dropoutWords(group: i32, step: i32, site: i32, key0: i32, key1: i32): void {
  const m0 = constant(M0);
  const m1 = constant(M1);
  let x0 = i32x4.add(i32x4.splat(group << 2), i32x4(0, 1, 2, 3));
  let x1 = i32x4.splat(0);
  let x2 = i32x4.splat(step);
  let x3 = i32x4.splat(site);
  for (let round = 0; round < 10; round++) {
    const high0 = highProduct(x0, m0);
    const low0 = lowProduct(x0, m0);
    const high1 = highProduct(x2, m1);
    const low1 = lowProduct(x2, m1);
    x0 = v128.xor(v128.xor(high1, x1), i32x4.splat(key0));
    x1 = low1;
    x2 = v128.xor(v128.xor(high0, x3), i32x4.splat(key1));
    x3 = low0;
    key0 += 0x9e3779b9;
    key1 += 0xbb67ae85;
  }
  v128.store(DROPOUT_WORDS, x0);
  v128.store(DROPOUT_WORDS, x1, 16);
  v128.store(DROPOUT_WORDS, x2, 32);
  v128.store(DROPOUT_WORDS, x3, 48);
}

/** The factors (0 or scale) of vector 0 .. 7 of the group last drawn. */
// @ts-ignore: decorator
@inline
export function dropoutVector(vector: i32, threshold: v128, scale: v128): v128 {
  const words = v128.load(DROPOUT_WORDS + (<usize>(vector >> 1) << 4));
  const half = vector & 1 ? i32x4.shr_u(words, 16) : v128.and(words, i32x4.splat(0xffff));
  return v128.and(i32x4.ge_s(half, threshold), scale);
}

/** y = x times the site's factors; y may be x. */
export function dropout(count: i32, x: usize, y: usize, threshold: i32, scale: f32, step: i32, site: i32, key0: i32, key1: i32): void {
  const limit = i32x4.splat(threshold);
  const scales = f32x4.splat(scale);
  let group = 0;
  for (; count >= 32; count -= 32) {
    dropoutWords(group++, step, site, key0, key1);
    for (let v = 0; v < 8; v++) {
      v128.store(y, f32x4.mul(v128.load(x), dropoutVector(v, limit, scales)));
      x += 16;
      y += 16;
    }
  }
  if (count > 0) dropoutWords(group, step, site, key0, key1);
  for (let v = 0; count > 0; v++) {
    storeSome(y, f32x4.mul(loadSome(x, count), dropoutVector(v, limit, scales)), count);
    x += 16;
    y += 16;
    count -= 4;
  }
}
