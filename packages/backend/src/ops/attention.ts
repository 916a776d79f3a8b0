import type { DropoutSite } from "../random/dropout.ts";
import { tf } from "../tf.ts";
import { expectShape, runKernel } from "./kernel.ts";

export interface AttentionSettings {
  readonly batch: number;
  readonly heads: number;
  /** [batch, keys], added to the scaled scores of every query and head; null attends to everything. */
  readonly mask: tf.Tensor | null;
  /** Dropout on the attention probabilities; null drops nothing. */
  readonly site: DropoutSite | null;
}

/** What a kernel needs to know beside its tensors: lengths, heads and the dropout site. */
export interface AttentionAttributes {
  readonly batch: number;
  readonly heads: number;
  readonly queries: number;
  readonly keys: number;
  readonly site: DropoutSite | null;
}

/**
 * Multi-head scaled dot-product attention (Vaswani et al. 2017); the heads lie side by side in the hidden axis.
 * @param q [batch * queries, hidden]
 * @param k [batch * keys, hidden]
 * @param v [batch * keys, hidden]
 * @returns [batch * queries, hidden]
 */
export function attention(q: tf.Tensor2D, k: tf.Tensor2D, v: tf.Tensor2D, settings: AttentionSettings): tf.Tensor2D {
  const { batch, heads, mask, site } = settings;
  const hidden = q.shape[1];
  const queries = q.shape[0] / batch;
  const keys = k.shape[0] / batch;
  if (hidden % heads !== 0)
    throw new RangeError(`attention: hidden size ${hidden} is not a multiple of ${heads} heads`);
  if (!Number.isInteger(queries))
    throw new RangeError(`attention: ${q.shape[0]} query rows do not divide into ${batch}`);
  if (!Number.isInteger(keys)) throw new RangeError(`attention: ${k.shape[0]} key rows do not divide into ${batch}`);
  expectShape("attention", "k", k, [null, hidden]);
  expectShape("attention", "v", v, k.shape);
  if (mask !== null) expectShape("attention", "mask", mask, [batch, keys]);
  const attributes: AttentionAttributes = { batch, heads, queries, keys, site };
  return runKernel("Attention", mask === null ? { q, k, v } : { q, k, v, mask }, attributes)[0] as tf.Tensor2D;
}

// Outputs: the attended values, and the probabilities before dropout [batch, heads, queries, keys].
tf.registerGradient({
  kernelName: "Attention",
  inputsToSave: ["q", "k", "v"],
  outputsToSave: [false, true],
  gradFunc: (dy, saved, attributes) => {
    const [q, k, v, probabilities] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const gradient = (dy as tf.Tensor[])[0] as tf.Tensor;
    const [dq, dk, dv] = runKernel("AttentionGradient", { q, k, v, probabilities, dy: gradient }, attributes) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    return { q: () => dq, k: () => dk, v: () => dv };
  },
});
