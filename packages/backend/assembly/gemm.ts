// Matrix product after Goto and van de Geijn, "Anatomy of high-performance matrix multiplication" (2008): the right
// matrix is packed into panels that the tile reads in order, whatever the transposes; the left one is read in place
// where that is as fast. Each element of C sums its products in the order of k, block by block of KC.

import { EDGE_TILE, LEFT_PANELS, RIGHT_PANELS } from "./scratch";
import { least, loadSome, storeSome } from "./simd";
import { ACCUMULATE, ADD_BIAS, MR, NR, REPLACE, tile } from "./tile";

/** Block sizes: a left block stays in the second-level cache, a right panel in the first. */
const KC: i32 = 256;
const MC: i32 = 120;
const NC: i32 = 512;
/** A transposed left matrix with wider rows, in floats, is packed: read in place, each k-step would be on a page of its own. */
const WIDEST_UNPACKED: i32 = 512;

/** Four rows of four floats at `from` (`stride` bytes apart), transposed to four rows at `to` (`step` bytes apart). */
// @ts-ignore: decorator
@inline
function transpose4(from: usize, stride: usize, to: usize, step: usize): void {
  const r0 = v128.load(from);
  const r1 = v128.load(from + stride);
  const r2 = v128.load(from + 2 * stride);
  const r3 = v128.load(from + 3 * stride);
  const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<i64>(low01, low23, 0, 2));
  v128.store(to + step, v128.shuffle<i64>(low01, low23, 1, 3));
  v128.store(to + 2 * step, v128.shuffle<i64>(high01, high23, 0, 2));
  v128.store(to + 3 * step, v128.shuffle<i64>(high01, high23, 1, 3));
}

/**
 * Packs the first `count` lanes of a panel of `width`: element (k, lane) at from + lane * laneStride + k * depthStride.
 * The other lanes hold what they held; what a tile makes of them is never stored.
 */
function packLanes(width: i32, count: i32, depth: i32, from: usize, laneStride: usize, depthStride: usize, to: usize): void {
  const step = <usize>width << 2;
  for (let lane = 0; lane < count; lane++) {
    let p = from;
    let q = to;
    for (let k = 0; k < depth; k++) {
      store<f32>(q, load<f32>(p));
      p += depthStride;
      q += step;
    }
    from += laneStride;
    to += 4;
  }
}

/** Packs right panels whose lanes lie side by side in memory: element (k, lane) at from + k * stride + 4 * lane. */
function packAcross(lanes: i32, depth: i32, from: usize, stride: usize, to: usize): void {
  for (; lanes >= NR; lanes -= NR) {
    let p = from;
    for (let k = 0; k < depth; k++) {
      v128.store(to, v128.load(p));
      v128.store(to, v128.load(p, 16), 16);
      p += stride;
      to += NR << 2;
    }
    from += NR << 2;
  }
  if (lanes > 0) packLanes(NR, lanes, depth, from, 4, stride, to);
}

/** Packs right panels whose k-steps lie side by side in memory: element (k, lane) at from + lane * stride + 4 * k. */
function packDown(lanes: i32, depth: i32, from: usize, stride: usize, to: usize): void {
  const whole = depth & ~3;
  for (; lanes >= NR; lanes -= NR) {
    let p = from;
    for (let k = 0; k < whole; k += 4) {
      transpose4(p, stride, to, NR << 2);
      transpose4(p + 4 * stride, stride, to + 16, NR << 2);
      p += 16;
      to += 4 * NR << 2;
    }
    packLanes(NR, NR, depth - whole, p, stride, 4, to);
    from += <usize>NR * stride;
    to += <usize>(NR * (depth - whole)) << 2;
  }
  if (lanes > 0) packLanes(NR, lanes, depth, from, stride, 4, to);
}

/** Half a row of a tile that hangs over the edge: only its first `count` floats are C's. */
// @ts-ignore: decorator
@inline
function finishSome(from: usize, c: usize, count: i32, mode: i32, bias: usize): void {
  let half = v128.load(from);
  if (mode == ACCUMULATE) half = f32x4.add(loadSome(c, count), half);
  else if (mode == ADD_BIAS) half = f32x4.add(loadSome(bias, count), half);
  storeSome(c, half, count);
}

/** A tile that hangs over the edge of C: computed aside, then only what lies inside is stored. */
function edgeTile(
  rows: i32, columns: i32, depth: i32,
  a: usize, lane: usize, step: usize, b: usize, c: usize, stride: usize, mode: i32, bias: usize,
): void {
  tile(depth, a, lane, step, b, EDGE_TILE, NR << 2, REPLACE, 0);
  let from = EDGE_TILE;
  for (let i = 0; i < rows; i++) {
    finishSome(from, c, columns, mode, bias);
    if (columns > 4) finishSome(from + 16, c + 16, columns - 4, mode, bias + 16);
    from += NR << 2;
    c += stride;
  }
}

/**
 * All tiles of one left block times one packed right block.
 * @param panel bytes from one group of MR rows to the next
 * @param edge the rows that are left over, packed
 */
function block(
  rows: i32, columns: i32, depth: i32,
  left: usize, panel: usize, lane: usize, step: usize, edge: usize, c: usize, stride: usize, mode: i32, bias: usize,
): void {
  const whole = rows / MR * MR;
  let b = RIGHT_PANELS;
  for (let j = 0; j < columns; j += NR) {
    let a = left;
    let at = c;
    const width = least(NR, columns - j);
    for (let i = 0; i < whole; i += MR) {
      if (width == NR) tile(depth, a, lane, step, b, at, stride, mode, bias);
      else edgeTile(MR, width, depth, a, lane, step, b, at, stride, mode, bias);
      a += panel;
      at += <usize>MR * stride;
    }
    if (whole < rows) edgeTile(rows - whole, width, depth, edge, 4, MR << 2, b, at, stride, mode, bias);
    b += <usize>(NR * depth) << 2;
    c += NR << 2;
    bias += NR << 2;
  }
}

/**
 * C = op(A) op(B), rows x columns over depth; leading dimensions in floats.
 * @param transposeA A is stored depth x rows
 * @param transposeB B is stored columns x depth
 * @param mode REPLACE, ACCUMULATE or ADD_BIAS (bias: `columns` floats)
 */
export function gemm(
  transposeA: bool, transposeB: bool, rows: i32, columns: i32, depth: i32,
  a: usize, lda: i32, b: usize, ldb: i32, c: usize, ldc: i32, mode: i32, bias: usize,
): void {
  const strideA = <usize>lda << 2;
  const strideB = <usize>ldb << 2;
  const strideC = <usize>ldc << 2;
  const lane: usize = transposeA ? 4 : strideA;
  const step: usize = transposeA ? strideA : 4;
  const packed = transposeA && lda > WIDEST_UNPACKED;
  for (let k = 0; k < depth; k += KC) {
    const steps = least(KC, depth - k);
    const blockMode = k > 0 ? ACCUMULATE : mode;
    const panel = <usize>(MR * steps) << 2;
    for (let j = 0; j < columns; j += NC) {
      const width = least(NC, columns - j);
      if (transposeB) packDown(width, steps, b + <usize>j * strideB + (<usize>k << 2), strideB, RIGHT_PANELS);
      else packAcross(width, steps, b + <usize>k * strideB + (<usize>j << 2), strideB, RIGHT_PANELS);
      for (let i = 0; i < rows; i += MC) {
        const height = least(MC, rows - i);
        const left = a + <usize>i * lane + <usize>k * step;
        const at = c + <usize>i * strideC + (<usize>j << 2);
        const biasAt = bias + (<usize>j << 2);
        const whole = height / MR;
        for (let p = packed ? 0 : whole; p * MR < height; p++)
          packLanes(MR, least(MR, height - p * MR), steps, left + <usize>(p * MR) * lane, lane, step, LEFT_PANELS + <usize>p * panel);
        const edge = LEFT_PANELS + <usize>whole * panel;
        if (packed) block(height, width, steps, LEFT_PANELS, panel, 4, MR << 2, edge, at, strideC, blockMode, biasAt);
        else block(height, width, steps, left, <usize>MR * lane, lane, step, edge, at, strideC, blockMode, biasAt);
      }
    }
  }
}
