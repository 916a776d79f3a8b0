import { horizontalSum, loadSome, madd, splat, storeSome } from "./simd";

const EPSILON: f32 = 1e-12;

/** Up to four columns of z = x + residual. */
// @ts-ignore: decorator
@inline
function addSome(x: usize, residual: usize, z: usize, count: i32): v128 {
  if (!residual) return loadSome(x, count);
  const value = f32x4.add(loadSome(x, count), loadSome(residual, count));
  storeSome(z, value, count);
  return value;
}

/** Up to four columns of the row with mean 0 and deviation 1, and then with gain and bias. */
// @ts-ignore: decorator
@inline
function scaleSome(z: usize, mean: v128, scale: v128, gain: usize, bias: usize, y: usize, normalised: usize, count: i32): void {
  const value = f32x4.mul(f32x4.sub(loadSome(z, count), mean), scale);
  storeSome(normalised, value, count);
  storeSome(y, madd(value, loadSome(gain, count), loadSome(bias, count)), count);
}

/** y = LayerNorm(x + residual); `residual` 0 for none. `normalised` gets the rows before gain and bias. */
export function addNorm(
  rows: i32, width: i32, x: usize, residual: usize, gain: usize, bias: usize,
  y: usize, normalised: usize, inverseDeviation: usize,
): void {
  const stride = <usize>width << 2;
  const whole = <usize>(width & ~3) << 2;
  const left = width & 3;
  const inverse: f32 = 1 / <f32>width;
  for (let r = 0; r < rows; r++) {
    const z = residual ? normalised : x;
    let sum = splat(0);
    if (residual) for (let at: usize = 0; at < whole; at += 16) sum = f32x4.add(sum, addSome(x + at, residual + at, z + at, 4));
    else for (let at: usize = 0; at < whole; at += 16) sum = f32x4.add(sum, v128.load(x + at));
    if (left) sum = f32x4.add(sum, addSome(x + whole, residual ? residual + whole : 0, z + whole, left));
    const mean = horizontalSum(sum) * inverse;
    let squares = splat(0);
    let tail: f32 = 0;
    for (let at: usize = 0; at < whole; at += 16) {
      const centred = f32x4.sub(v128.load(z + at), splat(mean));
      squares = madd(centred, centred, squares);
    }
    for (let at = whole; at < stride; at += 4) {
      const centred = load<f32>(z + at) - mean;
      tail += centred * centred;
    }
    const deviation: f32 = 1 / sqrt<f32>((horizontalSum(squares) + tail) * inverse + EPSILON);
    for (let at: usize = 0; at < whole; at += 16)
      scaleSome(z + at, splat(mean), splat(deviation), gain + at, bias + at, y + at, normalised + at, 4);
    if (left) scaleSome(z + whole, splat(mean), splat(deviation), gain + whole, bias + whole, y + whole, normalised + whole, left);
    store<f32>(inverseDeviation, deviation);
    if (residual) residual += stride;
    inverseDeviation += 4;
    x += stride;
    y += stride;
    normalised += stride;
  }
}

/** Up to four columns of a row's part in the gradients of gain and bias. */
// @ts-ignore: decorator
@inline
function addToGainAndBias(d: v128, value: v128, dGain: usize, dBias: usize, count: i32): void {
  storeSome(dGain, madd(d, value, loadSome(dGain, count)), count);
  storeSome(dBias, f32x4.add(d, loadSome(dBias, count)), count);
}

/** Up to four columns of dz = scale (dy gain - mean - normalised projection). */
// @ts-ignore: decorator
@inline
function centre(dy: usize, normalised: usize, gain: usize, dz: usize, mean: v128, projection: v128, scale: v128, count: i32): void {
  const scaled = f32x4.mul(loadSome(dy, count), loadSome(gain, count));
  const centred = f32x4.sub(f32x4.sub(scaled, mean), f32x4.mul(loadSome(normalised, count), projection));
  storeSome(dz, f32x4.mul(scale, centred), count);
}

export function addNormGradient(
  rows: i32, width: i32, dy: usize, normalised: usize, inverseDeviation: usize, gain: usize,
  dz: usize, dGain: usize, dBias: usize,
): void {
  const stride = <usize>width << 2;
  const whole = <usize>(width & ~3) << 2;
  const left = width & 3;
  const inverse: f32 = 1 / <f32>width;
  memory.fill(dGain, 0, stride);
  memory.fill(dBias, 0, stride);
  for (let r = 0; r < rows; r++) {
    let sum = splat(0);
    let along = splat(0);
    for (let at: usize = 0; at < whole; at += 16) {
      const value = v128.load(normalised + at);
      const d = v128.load(dy + at);
      const scaled = f32x4.mul(d, v128.load(gain + at));
      sum = f32x4.add(sum, scaled);
      along = madd(scaled, value, along);
      addToGainAndBias(d, value, dGain + at, dBias + at, 4);
    }
    if (left) {
      const value = loadSome(normalised + whole, left);
      const d = loadSome(dy + whole, left);
      const scaled = f32x4.mul(d, loadSome(gain + whole, left));
      sum = f32x4.add(sum, scaled);
      along = madd(scaled, value, along);
      addToGainAndBias(d, value, dGain + whole, dBias + whole, left);
    }
    const mean = splat(horizontalSum(sum) * inverse);
    const projection = splat(horizontalSum(along) * inverse);
    const scale = splat(load<f32>(inverseDeviation));
    for (let at: usize = 0; at < whole; at += 16)
      centre(dy + at, normalised + at, gain + at, dz + at, mean, projection, scale, 4);
    if (left) centre(dy + whole, normalised + whole, gain + whole, dz + whole, mean, projection, scale, left);
    dy += stride;
    normalised += stride;
    inverseDeviation += 4;
    dz += stride;
  }
}
