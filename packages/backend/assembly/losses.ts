import { exp } from "./exp";
import { splat } from "./simd";

// @ts-ignore: decorator
@inline
function exp1(x: f32): f32 {
  return f32x4.extract_lane(exp(splat(x)), 0);
}

/** 2 artanh(s) as a series, for |s| up to 1/3: to double precision. */
// @ts-ignore: decorator
@inline
function doubleArtanh(s: f64): f64 {
  const s2 = s * s;
  let term = s;
  let sum: f64 = 0;
  for (let n = 1; n < 34; n += 2) {
    sum += term / <f64>n;
    term *= s2;
  }
  return 2 * sum;
}

/** log(1 + y) for y in [0, 1]. */
// @ts-ignore: decorator
@inline
function log1p(y: f32): f64 {
  return doubleArtanh(<f64>y / (2 + <f64>y));
}

/** log(x) for normal x > 0. The library's would bring a table into memory that belongs to tensors. */
function log(x: f64): f64 {
  const bits = reinterpret<i64>(x);
  const exponent = <i32>(bits >> 52) - 1023;
  const mantissa = reinterpret<f64>((bits & 0x000fffffffffffff) | 0x3ff0000000000000);
  return <f64>exponent * 0.6931471805599453 + doubleArtanh((mantissa - 1) / (mantissa + 1));
}

/** Sum over answers, mean over the batch, of binary cross-entropy with logits; summed in double. */
export function bceWithLogits(batch: i32, answers: i32, logits: usize, targets: usize): f64 {
  let sum: f64 = 0;
  for (let i = 0; i < batch * answers; i++) {
    const z = load<f32>(logits + (<usize>i << 2));
    const t = load<f32>(targets + (<usize>i << 2));
    sum += <f64>(z > 0 ? z : 0) - <f64>z * <f64>t + log1p(exp1(-abs<f32>(z)));
  }
  return sum / <f64>batch;
}

export function bceWithLogitsGradient(batch: i32, answers: i32, logits: usize, targets: usize, dy: f32, d: usize): void {
  const scale: f32 = dy / <f32>batch;
  for (let i = 0; i < batch * answers; i++) {
    const at = <usize>i << 2;
    const z = load<f32>(logits + at);
    const e = exp1(-abs<f32>(z));
    const probability: f32 = (z >= 0 ? <f32>1 : e) / (<f32>1 + e);
    store<f32>(d + at, (probability - load<f32>(targets + at)) * scale);
  }
}

/** log(sum e^x) of a row, and the row's peak subtracted back in; in double. */
function logSumExp(classes: i32, row: usize): f64 {
  let peak = load<f32>(row);
  for (let j = 1; j < classes; j++) peak = max<f32>(peak, load<f32>(row + (<usize>j << 2)));
  let sum: f64 = 0;
  for (let j = 0; j < classes; j++) sum += <f64>exp1(load<f32>(row + (<usize>j << 2)) - peak);
  return <f64>peak + log(sum);
}

export function crossEntropyRows(rows: i32, classes: i32, logits: usize, labels: usize, y: usize): void {
  for (let r = 0; r < rows; r++) {
    const label = load<i32>(labels + (<usize>r << 2));
    const row = logits + (<usize>(r * classes) << 2);
    const loss = label < 0 ? 0 : logSumExp(classes, row) - <f64>load<f32>(row + (<usize>label << 2));
    store<f32>(y + (<usize>r << 2), <f32>loss);
  }
}

export function crossEntropyRowsGradient(rows: i32, classes: i32, logits: usize, labels: usize, dy: usize, d: usize): void {
  for (let r = 0; r < rows; r++) {
    const label = load<i32>(labels + (<usize>r << 2));
    const row = logits + (<usize>(r * classes) << 2);
    const out = d + (<usize>(r * classes) << 2);
    if (label < 0) {
      memory.fill(out, 0, <usize>classes << 2);
      continue;
    }
    const total = <f32>logSumExp(classes, row);
    const scale = load<f32>(dy + (<usize>r << 2));
    for (let j = 0; j < classes; j++) {
      const probability = exp1(load<f32>(row + (<usize>j << 2)) - total);
      store<f32>(out + (<usize>j << 2), (probability - (j == label ? <f32>1 : 0)) * scale);
    }
  }
}
