import type { DropoutSite } from "../random/dropout.ts";
import { dropoutFactors } from "../random/dropout.ts";

/**
 * The operations again as plain float64 loops, written for the tests alone: what every engine is held against.
 * Matrices are row-major arrays of doubles.
 */
export type Doubles = Float64Array<ArrayBuffer>;

/** x [n, in], weight [out, in], bias [out] -> [n, out]. */
export function linear(
  x: Doubles,
  weight: Doubles,
  bias: Doubles,
  rows: number,
  inputs: number,
  outputs: number,
): Doubles {
  const y = new Float64Array(rows * outputs);
  for (let r = 0; r < rows; r++) {
    for (let o = 0; o < outputs; o++) {
      let sum = bias[o]!;
      for (let i = 0; i < inputs; i++) sum += x[r * inputs + i]! * weight[o * inputs + i]!;
      y[r * outputs + o] = sum;
    }
  }
  return y;
}

/** erf by its Maclaurin series, or the continued fraction of erfc further out (Abramowitz and Stegun 7.1.5, 7.1.14). */
export function erf(x: number): number {
  const a = Math.abs(x);
  if (a < 3) {
    let term = a;
    let sum = a;
    for (let n = 1; n < 120; n++) {
      term *= -(a * a) / n;
      sum += term / (2 * n + 1);
    }
    return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI);
  }
  let fraction = a;
  for (let n = 60; n > 0; n--) fraction = a + n / 2 / fraction;
  return Math.sign(x) * (1 - Math.exp(-a * a) / (Math.sqrt(Math.PI) * fraction));
}

/** The erf form, value by value. */
export function gelu(x: Doubles): Doubles {
  return x.map((value) => value * 0.5 * (1 + erf(value / Math.SQRT2)));
}

function factors(site: DropoutSite | null, count: number): ArrayLike<number> {
  return site === null ? new Float64Array(count).fill(1) : dropoutFactors(site, count);
}

/** What the site's factors leave; all of it without a site. */
export function dropout(x: Doubles, site: DropoutSite | null): Doubles {
  const kept = factors(site, x.length);
  return x.map((value, i) => value * kept[i]!);
}

/** LayerNorm(dropout(x) + residual), rows of `width`. */
export function addNorm(
  x: Doubles,
  residual: Doubles,
  gain: Doubles,
  bias: Doubles,
  width: number,
  site: DropoutSite | null,
): Doubles {
  const dropped = dropout(x, site);
  const y = new Float64Array(x.length);
  for (let start = 0; start < x.length; start += width) {
    const z = Array.from({ length: width }, (_, i) => dropped[start + i]! + residual[start + i]!);
    const mean = z.reduce((sum, value) => sum + value, 0) / width;
    const variance = z.reduce((sum, value) => sum + (value - mean) ** 2, 0) / width;
    for (let i = 0; i < width; i++) y[start + i] = ((z[i]! - mean) / Math.sqrt(variance + 1e-12)) * gain[i]! + bias[i]!;
  }
  return y;
}

export interface AttentionSizes {
  readonly batch: number;
  readonly heads: number;
  readonly queries: number;
  readonly keys: number;
  readonly size: number;
}

/** q [B * Tq, H], k and v [B * Tk, H] -> [B * Tq, H]. */
export function attention(
  q: Doubles,
  k: Doubles,
  v: Doubles,
  mask: Doubles | null,
  sizes: AttentionSizes,
  site: DropoutSite | null,
): Doubles {
  const { batch, heads, queries, keys, size } = sizes;
  const hidden = heads * size;
  const kept = factors(site, batch * heads * queries * keys);
  const y = new Float64Array(batch * queries * hidden);
  for (let b = 0; b < batch; b++)
    for (let h = 0; h < heads; h++)
      for (let i = 0; i < queries; i++) {
        const scores = Array.from({ length: keys }, (_, j) => {
          let dot = 0;
          for (let d = 0; d < size; d++)
            dot += q[(b * queries + i) * hidden + h * size + d]! * k[(b * keys + j) * hidden + h * size + d]!;
          return dot / Math.sqrt(size) + (mask === null ? 0 : mask[b * keys + j]!);
        });
        const peak = Math.max(...scores);
        const total = scores.reduce((sum, score) => sum + Math.exp(score - peak), 0);
        for (let j = 0; j < keys; j++) {
          const probability = (Math.exp(scores[j]! - peak) / total) * kept[((b * heads + h) * queries + i) * keys + j]!;
          for (let d = 0; d < size; d++)
            y[(b * queries + i) * hidden + h * size + d]! += probability * v[(b * keys + j) * hidden + h * size + d]!;
        }
      }
  return y;
}

/** Rows of a table [V, width]: [n] -> [n, width]. */
export function embedding(table: Doubles, ids: ArrayLike<number>, width: number): Doubles {
  const rows = new Float64Array(ids.length * width);
  for (let i = 0; i < ids.length; i++) rows.set(table.subarray(ids[i]! * width, (ids[i]! + 1) * width), i * width);
  return rows;
}

/** Mean over batch and answers, times answers: [B, A] twice -> a number. */
export function bceWithLogits(logits: Doubles, targets: Doubles, batch: number): Doubles {
  let sum = 0;
  logits.forEach((z, i) => {
    sum += Math.max(z, 0) - z * targets[i]! + Math.log1p(Math.exp(-Math.abs(z)));
  });
  return Float64Array.of(sum / batch);
}

/** [n, classes] and [n] labels -> [n]; 0 where the label is -1. */
export function crossEntropyRows(logits: Doubles, labels: ArrayLike<number>, classes: number): Doubles {
  return Float64Array.from({ length: labels.length }, (_, r) => {
    if (labels[r]! < 0) return 0;
    const row = logits.subarray(r * classes, (r + 1) * classes);
    const peak = Math.max(...row);
    return peak + Math.log(row.reduce((sum, z) => sum + Math.exp(z - peak), 0)) - row[labels[r]!]!;
  });
}

/** Gradient of sum(weights * f(x)) with respect to x by central differences of the loop itself. */
export function numericalGradient(f: (x: Doubles) => Doubles, x: Doubles, weights: Doubles): Doubles {
  const step = 1e-5;
  return x.map((value, i) => {
    const at = (moved: number): number => {
      const shifted = x.slice();
      shifted[i] = moved;
      return f(shifted).reduce((sum, y, j) => sum + y * weights[j]!, 0);
    };
    return (at(value + step) - at(value - step)) / (2 * step);
  });
}
