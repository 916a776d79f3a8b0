import { horizontalSum, loadSome, madd, splat, storeSome } from "./simd";

const EPSILON: f32 = 1e-12;

/**
 * LayerNorm of rows; `normalised` holds z = x + residual on entry where there is a residual, and the rows before gain
 * and bias on return.
 */
function normaliseRow(width: i32, z: usize, gain: usize, bias: usize, y: usize, normalised: usize): f32 {
  const inverse: f32 = 1 / <f32>width;
  let sum = splat(0);
  let i = 0;
  for (; i < width; i += 4) sum = f32x4.add(sum, loadSome(z + (<usize>i << 2), width - i));
  const mean = splat(horizontalSum(sum) * inverse);
  let squares = splat(0);
  let tail: f32 = 0;
  const whole = width & ~3;
  for (i = 0; i < whole; i += 4) {
    const centred = f32x4.sub(v128.load(z + (<usize>i << 2)), mean);
    squares = madd(centred, centred, squares);
  }
  for (; i < width; i++) {
    const centred = load<f32>(z + (<usize>i << 2)) - f32x4.extract_lane(mean, 0);
    tail += centred * centred;
  }
  const inverseDeviation: f32 = 1 / sqrt<f32>((horizontalSum(squares) + tail) * inverse + EPSILON);
  const scale = splat(inverseDeviation);
  for (i = 0; i < width; i += 4) {
    const at = <usize>i << 2;
    const left = width - i;
    const value = f32x4.mul(f32x4.sub(loadSome(z + at, left), mean), scale);
    storeSome(normalised + at, value, left);
    storeSome(y + at, madd(value, loadSome(gain + at, left), loadSome(bias + at, left)), left);
  }
  return inverseDeviation;
}

/** y = LayerNorm(x + residual); `residual` 0 for none. */
export function addNorm(
  rows: i32, width: i32, x: usize, residual: usize, gain: usize, bias: usize,
  y: usize, normalised: usize, inverseDeviation: usize,
): void {
  const stride = <usize>width << 2;
  for (let r = 0; r < rows; r++) {
    let z = x;
    if (residual) {
      z = normalised;
      for (let i = 0; i < width; i += 4) {
        const at = <usize>i << 2;
        storeSome(z + at, f32x4.add(loadSome(x + at, width - i), loadSome(residual + at, width - i)), width - i);
      }
      residual += stride;
    }
    store<f32>(inverseDeviation, normaliseRow(width, z, gain, bias, y, normalised));
    inverseDeviation += 4;
    x += stride;
    y += stride;
    normalised += stride;
  }
}

export function addNormGradient(
  rows: i32, width: i32, dy: usize, normalised: usize, inverseDeviation: usize, gain: usize,
  dz: usize, dGain: usize, dBias: usize,
): void {
  const stride = <usize>width << 2;
  const inverse: f32 = 1 / <f32>width;
  memory.fill(dGain, 0, stride);
  memory.fill(dBias, 0, stride);
  for (let r = 0; r < rows; r++) {
    let sum = splat(0);
    let along = splat(0);
    for (let i = 0; i < width; i += 4) {
      const at = <usize>i << 2;
      const left = width - i;
      const value = loadSome(normalised + at, left);
      const d = loadSome(dy + at, left);
      const scaled = f32x4.mul(d, loadSome(gain + at, left));
      sum = f32x4.add(sum, scaled);
      along = madd(scaled, value, along);
      storeSome(dGain + at, madd(d, value, loadSome(dGain + at, left)), left);
      storeSome(dBias + at, f32x4.add(d, loadSome(dBias + at, left)), left);
    }
    const mean = splat(horizontalSum(sum) * inverse);
    const projection = splat(horizontalSum(along) * inverse);
    const scale = splat(load<f32>(inverseDeviation));
    for (let i = 0; i < width; i += 4) {
      const at = <usize>i << 2;
      const left = width - i;
      const scaled = f32x4.mul(loadSome(dy + at, left), loadSome(gain + at, left));
      const centred = f32x4.sub(f32x4.sub(scaled, mean), f32x4.mul(loadSome(normalised + at, left), projection));
      storeSome(dz + at, f32x4.mul(scale, centred), left);
    }
    dy += stride;
    normalised += stride;
    inverseDeviation += 4;
    dz += stride;
  }
}
