import { loadSome, storeSome } from "./simd";

export function add(count: i32, a: usize, b: usize, y: usize): void {
  for (; count >= 4; count -= 4) {
    v128.store(y, f32x4.add(v128.load(a), v128.load(b)));
    a += 16;
    b += 16;
    y += 16;
  }
  if (count > 0) storeSome(y, f32x4.add(loadSome(a, count), loadSome(b, count)), count);
}

export function multiply(count: i32, a: usize, b: usize, y: usize): void {
  for (; count >= 4; count -= 4) {
    v128.store(y, f32x4.mul(v128.load(a), v128.load(b)));
    a += 16;
    b += 16;
    y += 16;
  }
  if (count > 0) storeSome(y, f32x4.mul(loadSome(a, count), loadSome(b, count)), count);
}

export function scale(count: i32, a: usize, factor: f32, y: usize): void {
  for (; count >= 4; count -= 4) {
    v128.store(y, f32x4.mul(v128.load(a), f32x4.splat(factor)));
    a += 16;
    y += 16;
  }
  if (count > 0) storeSome(y, f32x4.mul(loadSome(a, count), f32x4.splat(factor)), count);
}

/** y[column] = sum over rows, sixteen columns at a time. */
export function columnSums(rows: i32, columns: i32, x: usize, y: usize): void {
  const stride = <usize>columns << 2;
  let j = 0;
  for (; j + 16 <= columns; j += 16) {
    let a = f32x4.splat(0);
    let b = a;
    let c = a;
    let d = a;
    let p = x + (<usize>j << 2);
    for (let i = 0; i < rows; i++) {
      a = f32x4.add(a, v128.load(p));
      b = f32x4.add(b, v128.load(p, 16));
      c = f32x4.add(c, v128.load(p, 32));
      d = f32x4.add(d, v128.load(p, 48));
      p += stride;
    }
    const at = y + (<usize>j << 2);
    v128.store(at, a);
    v128.store(at, b, 16);
    v128.store(at, c, 32);
    v128.store(at, d, 48);
  }
  for (; j < columns; j += 4) {
    let sum = f32x4.splat(0);
    let p = x + (<usize>j << 2);
    for (let i = 0; i < rows; i++) {
      sum = f32x4.add(sum, loadSome(p, columns - j));
      p += stride;
    }
    storeSome(y + (<usize>j << 2), sum, columns - j);
  }
}
