import type { AttentionAttributes } from "../ops/attention.ts";
import { runKernelForOne } from "../ops/kernel.ts";
import { LAYER_NORM_EPSILON } from "../ops/norm.ts";
import { type DropoutSite, dropoutFactors } from "../random/dropout.ts";
import { tf } from "../tf.ts";

/** A fused kernel out of stock operations: named inputs and attributes in, outputs in the kernel's order out. */
type PortableKernel = (inputs: Record<string, tf.Tensor>, attributes: Record<string, unknown>) => tf.Tensor[];

function drop<T extends tf.Tensor>(x: T, site: DropoutSite | null | undefined): T {
  return site == null ? x : tf.mul(x, runKernelForOne<tf.Tensor>("DropoutFactors", {}, { site, shape: x.shape }));
}

/** Φ(x), and the density's x φ(x) part where the gradient needs it. */
function normalCdf(x: tf.Tensor): tf.Tensor {
  return tf.mul(0.5, tf.add(1, tf.erf(tf.mul(x, Math.SQRT1_2))));
}

/** [batch * length, heads * size] -> [batch, heads, length, size] */
function splitHeads(x: tf.Tensor, batch: number, heads: number): tf.Tensor4D {
  const length = x.shape[0] / batch;
  return tf.transpose<tf.Tensor4D>(tf.reshape(x, [batch, length, heads, x.shape[1]! / heads]), [0, 2, 1, 3]);
}

/** [batch, heads, length, size] -> [batch * length, heads * size] */
function mergeHeads(x: tf.Tensor4D): tf.Tensor {
  const [batch, heads, length, size] = x.shape;
  return tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [batch * length, heads * size]);
}

function ignoreMask(labels: tf.Tensor): tf.Tensor {
  return tf.cast(tf.greaterEqual(labels, 0), "float32");
}

function oneHot(labels: tf.Tensor, classes: number): tf.Tensor {
  return tf.oneHot(tf.cast(labels, "int32"), classes, 1, 0, "float32");
}

const kernels: Record<string, PortableKernel> = {
  Linear: ({ x, weight, bias }) => [tf.add(tf.matMul(x!, weight!, false, true), bias!)],
  LinearInputGradient: ({ dy, weight }) => [tf.matMul(dy!, weight!)],
  LinearWeightGradient: ({ x, dy }) => [tf.matMul(dy!, x!, true, false)],
  ColumnSums: ({ x }) => [tf.sum(x!, 0)],
  Gelu: ({ x }) => [tf.mul(x!, normalCdf(x!))],
  GeluGradient: ({ x, dy }) => {
    const density = tf.mul(tf.exp(tf.mul(-0.5, tf.square(x!))), 1 / Math.sqrt(2 * Math.PI));
    return [tf.mul(dy!, tf.add(normalCdf(x!), tf.mul(x!, density)))];
  },
  AddNorm: ({ x, residual, gain, bias }, { site }) => {
    const dropped = drop(x!, site as DropoutSite | null);
    const z = residual === undefined ? dropped : tf.add(dropped, residual);
    const centred = tf.sub(z, tf.mean(z, -1, true));
    const inverseDeviation = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), LAYER_NORM_EPSILON));
    const normalised = tf.mul(centred, inverseDeviation);
    return [tf.add(tf.mul(normalised, gain!), bias!), normalised, tf.reshape(inverseDeviation, [-1])];
  },
  AddNormGradient: ({ dy, normalised, inverseDeviation, gain }) => {
    const scaled = tf.mul(dy!, gain!);
    const along = tf.mean(tf.mul(scaled, normalised!), -1, true);
    const across = tf.sub(tf.sub(scaled, tf.mean(scaled, -1, true)), tf.mul(normalised!, along));
    const dz = tf.mul(across, tf.expandDims(inverseDeviation!, 1));
    return [dz, tf.sum(tf.mul(dy!, normalised!), 0), tf.sum(dy!, 0)];
  },
  Attention: ({ q, k, v, mask }, attributes) => {
    const { batch, heads, keys, site } = attributes as unknown as AttentionAttributes;
    const [qh, kh, vh] = [splitHeads(q!, batch, heads), splitHeads(k!, batch, heads), splitHeads(v!, batch, heads)];
    let scores: tf.Tensor = tf.mul(tf.matMul(qh, kh, false, true), 1 / Math.sqrt(qh.shape[3]));
    if (mask !== undefined) scores = tf.add(scores, tf.reshape(mask, [batch, 1, 1, keys]));
    const probabilities = tf.softmax(scores);
    return [mergeHeads(tf.matMul<tf.Tensor4D>(drop(probabilities, site), vh)), probabilities];
  },
  AttentionGradient: ({ q, k, v, probabilities, dy }, attributes) => {
    const { batch, heads, site } = attributes as unknown as AttentionAttributes;
    const [qh, kh, vh] = [splitHeads(q!, batch, heads), splitHeads(k!, batch, heads), splitHeads(v!, batch, heads)];
    const dyh = splitHeads(dy!, batch, heads);
    const dv = tf.matMul(drop(probabilities!, site), dyh, true, false);
    const dProbabilities = drop(tf.matMul(dyh, vh, false, true), site);
    const expected = tf.sum(tf.mul(dProbabilities, probabilities!), -1, true);
    const dScores = tf.mul(tf.mul(probabilities!, tf.sub(dProbabilities, expected)), 1 / Math.sqrt(qh.shape[3]));
    const dq = tf.matMul(dScores, kh);
    const dk = tf.matMul(dScores, qh, true, false);
    return [mergeHeads(dq as tf.Tensor4D), mergeHeads(dk as tf.Tensor4D), mergeHeads(dv as tf.Tensor4D)];
  },
  Embedding: ({ table, ids }) => [tf.gather(table!, ids as tf.Tensor1D)],
  EmbeddingGradient: ({ dy, ids }, attributes) => {
    const { rows, paddingRow } = attributes as { rows: number; paddingRow: number };
    const counted = tf.mul(dy!, tf.expandDims(tf.cast(tf.notEqual(ids!, paddingRow), "float32"), 1));
    return [tf.unsortedSegmentSum(counted, ids as tf.Tensor1D, rows)];
  },
  DropoutFactors: (_inputs, attributes) => {
    const { site, shape } = attributes as unknown as { site: DropoutSite; shape: number[] };
    return [tf.tensor(dropoutFactors(site, tf.util.sizeFromShape(shape)), shape)];
  },
  Dropout: ({ x }, { site }) => [drop(x!, site as DropoutSite)],
  BceWithLogits: ({ logits, targets }) => {
    const softened = tf.log1p(tf.exp(tf.neg(tf.abs(logits!))));
    const losses = tf.add(tf.sub(tf.relu(logits!), tf.mul(logits!, targets!)), softened);
    return [tf.mean(tf.sum(losses, -1))];
  },
  BceWithLogitsGradient: ({ logits, targets, dy }) => [
    tf.mul(tf.sub(tf.sigmoid(logits!), targets!), tf.div(dy!, logits!.shape[0])),
  ],
  CrossEntropyRows: ({ logits, labels }) => {
    const logProbability = tf.logSoftmax(logits!);
    const chosen = tf.sum(tf.mul(logProbability, oneHot(labels!, logits!.shape[1] as number)), -1);
    return [tf.mul(tf.neg(chosen), ignoreMask(labels!))];
  },
  CrossEntropyRowsGradient: ({ logits, labels, dy }) => {
    const error = tf.sub(tf.softmax(logits!), oneHot(labels!, logits!.shape[1] as number));
    return [tf.mul(error, tf.expandDims(tf.mul(dy!, ignoreMask(labels!)), 1))];
  },
};

/** Names of the fused kernels every engine has, own or portable. */
export const FUSED_KERNELS: readonly string[] = Object.keys(kernels);

/** Gives a tfjs backend every fused kernel it does not have of its own, as a composition of stock operations. */
export function registerPortableKernels(backendName: string): void {
  for (const [kernelName, kernel] of Object.entries(kernels)) {
    if (tf.getKernel(kernelName, backendName) !== undefined) continue;
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc: ({ inputs, attrs }) =>
        tf.tidy<tf.Tensor[]>(() => kernel(inputs as Record<string, tf.Tensor>, attrs ?? {})),
    });
  }
}
