// Matrix product after Goto and van de Geijn, "Anatomy of high-performance matrix multiplication" (2008): panels of
// both matrices are packed so that the tile reads memory in order, whatever the transposes.

import { EDGE_TILE, LEFT_PANELS, RIGHT_PANELS } from "./scratch";
import { least } from "./simd";
import { ACCUMULATE, ADD_BIAS, MR, NR, REPLACE, tile } from "./tile";

/** Block sizes: a left block stays in the second-level cache, a right panel in the first. */
const KC: i32 = 256;
const MC: i32 = 120;
const NC: i32 = 512;

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

/** Copies `count` lanes a k-step, zeros up to the panel's width. */
function packEdge(width: i32, from: usize, laneStride: usize, depthStride: usize, depth: i32, count: i32, to: usize): void {
  for (let k = 0; k < depth; k++) {
    let p = from;
    for (let lane = 0; lane < width; lane++) {
      store<f32>(to, lane < count ? load<f32>(p) : 0);
      p += laneStride;
      to += 4;
    }
    from += depthStride;
  }
}

/** Packs panels whose lanes lie side by side in memory: element (k, lane) at from + k * stride + 4 * lane. */
function packAcross(width: i32, from: usize, stride: usize, depth: i32, lanes: i32, to: usize): void {
  for (let lane = 0; lane < lanes; lane += width) {
    const count = least(width, lanes - lane);
    let p = from + (<usize>lane << 2);
    if (count < width) {
      packEdge(width, p, 4, stride, depth, count, to);
    } else if (width == 8) {
      for (let k = 0; k < depth; k++) {
        v128.store(to, v128.load(p));
        v128.store(to, v128.load(p, 16), 16);
        p += stride;
        to += 32;
      }
      continue;
    } else {
      let q = to;
      for (let k = 0; k < depth; k++) {
        v128.store(q, v128.load(p));
        store<f32>(q, load<f32>(p, 16), 16);
        if (width == 6) store<f32>(q, load<f32>(p, 20), 20);
        p += stride;
        q += <usize>width << 2;
      }
    }
    to += <usize>(width * depth) << 2;
  }
}

/** One full lane group of a depth-major panel, four lanes at a time where four are left. */
// @ts-ignore: decorator
@inline
function packLanes(width: i32, from: usize, stride: usize, depth: i32, to: usize): void {
  const step = <usize>width << 2;
  let lane = 0;
  for (; lane + 4 <= width; lane += 4) {
    let p = from + <usize>lane * stride;
    let q = to + (<usize>lane << 2);
    let k = 0;
    for (; k + 4 <= depth; k += 4) {
      transpose4(p, stride, q, step);
      p += 16;
      q += 4 * step;
    }
    for (; k < depth; k++) {
      store<f32>(q, load<f32>(p));
      store<f32>(q, load<f32>(p + stride), 4);
      store<f32>(q, load<f32>(p + 2 * stride), 8);
      store<f32>(q, load<f32>(p + 3 * stride), 12);
      p += 4;
      q += step;
    }
  }
  for (; lane < width; lane++) {
    let p = from + <usize>lane * stride;
    let q = to + (<usize>lane << 2);
    let k = 0;
    for (; k + 4 <= depth; k += 4) {
      const a = v128.load(p);
      v128.store32_lane(q, a, 0);
      v128.store32_lane(q + step, a, 1);
      v128.store32_lane(q + 2 * step, a, 2);
      v128.store32_lane(q + 3 * step, a, 3);
      p += 16;
      q += 4 * step;
    }
    for (; k < depth; k++) {
      store<f32>(q, load<f32>(p));
      p += 4;
      q += step;
    }
  }
}

/** Packs panels whose k-steps lie side by side in memory: element (k, lane) at from + lane * stride + 4 * k. */
function packDown(width: i32, from: usize, stride: usize, depth: i32, lanes: i32, to: usize): void {
  for (let lane = 0; lane < lanes; lane += width) {
    const count = least(width, lanes - lane);
    const p = from + <usize>lane * stride;
    if (count < width) packEdge(width, p, stride, 4, depth, count, to);
    else packLanes(width, p, stride, depth, to);
    to += <usize>(width * depth) << 2;
  }
}

/** A tile that hangs over the edge of C: computed aside, then only what lies inside is stored. */
function edgeTile(depth: i32, a: usize, b: usize, c: usize, stride: usize, mode: i32, bias: usize, rows: i32, columns: i32): void {
  tile(depth, a, b, EDGE_TILE, NR << 2, REPLACE, 0);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const at = c + <usize>i * stride + (<usize>j << 2);
      let value = load<f32>(EDGE_TILE + (<usize>(i * NR + j) << 2));
      if (mode == ACCUMULATE) value += load<f32>(at);
      else if (mode == ADD_BIAS) value += load<f32>(bias + (<usize>j << 2));
      store<f32>(at, value);
    }
  }
}

/** All tiles of one packed left block times one packed right block. */
function block(rows: i32, columns: i32, depth: i32, c: usize, stride: usize, mode: i32, bias: usize): void {
  let b = RIGHT_PANELS;
  for (let j = 0; j < columns; j += NR) {
    let a = LEFT_PANELS;
    let at = c + (<usize>j << 2);
    const biasAt = bias + (<usize>j << 2);
    for (let i = 0; i < rows; i += MR) {
      if (rows - i >= MR && columns - j >= NR) tile(depth, a, b, at, stride, mode, biasAt);
      else edgeTile(depth, a, b, at, stride, mode, biasAt, least(MR, rows - i), least(NR, columns - j));
      a += <usize>(MR * depth) << 2;
      at += <usize>MR * stride;
    }
    b += <usize>(NR * depth) << 2;
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
  for (let k = 0; k < depth; k += KC) {
    const steps = least(KC, depth - k);
    const blockMode = k > 0 ? ACCUMULATE : mode;
    for (let j = 0; j < columns; j += NC) {
      const width = least(NC, columns - j);
      if (transposeB) packDown(NR, b + <usize>j * strideB + (<usize>k << 2), strideB, steps, width, RIGHT_PANELS);
      else packAcross(NR, b + <usize>k * strideB + (<usize>j << 2), strideB, steps, width, RIGHT_PANELS);
      for (let i = 0; i < rows; i += MC) {
        const height = least(MC, rows - i);
        if (transposeA) packAcross(MR, a + <usize>k * strideA + (<usize>i << 2), strideA, steps, height, LEFT_PANELS);
        else packDown(MR, a + <usize>i * strideA + (<usize>k << 2), strideA, steps, height, LEFT_PANELS);
        block(height, width, steps, c + <usize>i * strideC + (<usize>j << 2), strideC, blockMode, bias + (<usize>j << 2));
      }
    }
  }
}
