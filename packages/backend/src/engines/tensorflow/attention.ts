import type { AttentionAttributes } from "../../ops/attention.ts";
import { drop, dropoutFactors } from "./dropout.ts";
import type { Scope, TensorflowKernel, Value } from "./scope.ts";

/** [batch * length, heads * size] -> [batch, heads, length, size] */
function splitHeads(s: Scope, x: Value, batch: number, heads: number): Value {
  return s.transpose(s.reshape(x, batch, -1, heads, x.shape[1]! / heads), 0, 2, 1, 3);
}

/** [batch, heads, length, size] -> [batch * length, heads * size] */
function mergeHeads(s: Scope, x: Value): Value {
  const [batch, heads, length, size] = x.shape as [number, number, number, number];
  return s.reshape(s.transpose(x, 0, 2, 1, 3), batch * length, heads * size);
}

/** Products of the last two axes, either of them transposed. */
function product(s: Scope, a: Value, b: Value, transposed: { adj_x?: boolean; adj_y?: boolean } = {}): Value {
  return s.float32("BatchMatMulV2", [a, b], { adj_x: false, adj_y: false, ...transposed });
}

/** Attention and its gradient, out of TensorFlow's batched products and softmax. */
export const attentionKernels: Record<string, TensorflowKernel> = {
  Attention: (s, { q, k, v, mask }, attributes) => {
    const { batch, heads, keys, site } = attributes as unknown as AttentionAttributes;
    const scaled = s.float32("Mul", [q!, 1 / Math.sqrt(q!.shape[1]! / heads)]);
    const [qh, kh, vh] = [scaled, k!, v!].map((x) => splitHeads(s, x, batch, heads)) as [Value, Value, Value];
    const products = product(s, qh, kh, { adj_y: true });
    const scores = mask === undefined ? products : s.float32("AddV2", [products, s.reshape(mask, batch, 1, 1, keys)]);
    const probabilities = s.float32("Softmax", [scores]);
    return [mergeHeads(s, product(s, drop(s, probabilities, site), vh)), probabilities];
  },
  AttentionGradient: (s, { q, k, v, probabilities, dy }, attributes) => {
    const { batch, heads, site } = attributes as unknown as AttentionAttributes;
    const split = [q!, k!, v!, dy!].map((x) => splitHeads(s, x, batch, heads));
    const [qh, kh, vh, dyh] = split as [Value, Value, Value, Value];
    const factors = site === null ? null : dropoutFactors(s, site, probabilities!.shape);
    const dropped = (x: Value): Value => (factors === null ? x : s.float32("Mul", [x, factors]));
    const dv = product(s, dropped(probabilities!), dyh, { adj_x: true });
    const dProbabilities = dropped(product(s, dyh, vh, { adj_y: true }));
    const expected = s.reduce("Sum", s.float32("Mul", [dProbabilities, probabilities!]), 3);
    const dSoftmax = s.float32("Mul", [probabilities!, s.float32("Sub", [dProbabilities, expected])]);
    const dScores = s.float32("Mul", [dSoftmax, 1 / Math.sqrt(qh.shape[3]!)]);
    const gradients = [product(s, dScores, kh), product(s, dScores, qh, { adj_x: true }), dv];
    return gradients.map((gradient) => mergeHeads(s, gradient));
  },
};
