import type { AttentionAttributes } from "../../ops/attention.ts";
import { registerOptimiserPass } from "../../ops/optimiser-pass.ts";
import type { DropoutSite } from "../../random/dropout.ts";
import { tf } from "../../tf.ts";
import type { WasmBackend } from "./backend.ts";
import type { KernelExports } from "./exports.ts";

type Inputs = Record<string, tf.TensorInfo>;
/** Returns null for a form that is left to the cpu kernel. */
type StockKernel = (inputs: Inputs, attributes: Record<string, unknown>) => tf.TensorInfo | null;
type WasmKernel = (inputs: Inputs, attributes: Record<string, unknown>) => tf.TensorInfo[];

/** How the assembly's gemm treats C. */
const REPLACE = 0;
const ADD_BIAS = 2;

const NOTHING_DROPPED: DropoutSite = { threshold: 0, scale: 1, key0: 0, key1: 0, step: 0, site: 0 };

function sizeOf(tensor: tf.TensorInfo): number {
  return tf.util.sizeFromShape(tensor.shape);
}

function matrix(tensor: tf.TensorInfo): [rows: number, columns: number] {
  return tensor.shape as [number, number];
}

/** Where tensors lie; 0 stands for one that a kernel can do without. */
function offsetsOf(backend: WasmBackend): (tensor: tf.TensorInfo | undefined) => number {
  return (tensor) => (tensor === undefined ? 0 : backend.offset(tensor));
}

/** The fused kernels on offsets: allocate every output, then call the assembly once. */
function fusedKernels(backend: WasmBackend, wasm: KernelExports): Record<string, WasmKernel> {
  const at = offsetsOf(backend);
  return {
    Linear: ({ x, weight, bias }) => {
      const [rows, depth] = matrix(x!);
      const columns = weight!.shape[0]!;
      const y = backend.output([rows, columns]);
      wasm.gemm(0, 1, rows, columns, depth, at(x), depth, at(weight), depth, at(y), columns, ADD_BIAS, at(bias));
      return [y];
    },
    LinearInputGradient: ({ dy, weight }) => {
      const [rows, depth] = matrix(dy!);
      const columns = weight!.shape[1]!;
      const dx = backend.output([rows, columns]);
      wasm.gemm(0, 0, rows, columns, depth, at(dy), depth, at(weight), columns, at(dx), columns, REPLACE, 0);
      return [dx];
    },
    LinearWeightGradient: ({ x, dy }) => {
      const [depth, columns] = matrix(x!);
      const rows = dy!.shape[1]!;
      const dWeight = backend.output([rows, columns]);
      wasm.gemm(1, 0, rows, columns, depth, at(dy), rows, at(x), columns, at(dWeight), columns, REPLACE, 0);
      return [dWeight];
    },
    ColumnSums: ({ x }) => {
      const [rows, columns] = matrix(x!);
      const y = backend.output([columns]);
      wasm.columnSums(rows, columns, at(x), at(y));
      return [y];
    },
    Gelu: ({ x }) => {
      const y = backend.output(x!.shape);
      wasm.gelu(sizeOf(x!), at(x), at(y));
      return [y];
    },
    GeluGradient: ({ x, dy }) => {
      const dx = backend.output(x!.shape);
      wasm.geluGradient(sizeOf(x!), at(x), at(dy), at(dx));
      return [dx];
    },
    ...normKernels(backend, wasm),
    ...attentionKernels(backend, wasm),
    Embedding: ({ table, ids }) => {
      const width = table!.shape[1]!;
      const rows = backend.output([sizeOf(ids!), width]);
      checkIds(backend.values(ids!), table!.shape[0]!);
      wasm.embedding(sizeOf(ids!), width, at(table), at(ids), at(rows));
      return [rows];
    },
    EmbeddingGradient: ({ dy, ids }, attributes) => {
      const { rows, paddingRow } = attributes as { rows: number; paddingRow: number };
      const width = dy!.shape[1]!;
      const d = backend.output([rows, width]);
      wasm.embeddingGradient(sizeOf(ids!), width, rows, at(dy), at(ids), paddingRow, at(d));
      return [d];
    },
    ...lossKernels(backend, wasm),
  };
}

/** An id outside the table would read another tensor's memory. */
function checkIds(ids: ArrayLike<number>, rows: number): void {
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!;
    if (id < 0 || id >= rows)
      throw new RangeError(`embedding: id ${id} at position ${i} is outside the table's ${rows} rows`);
  }
}

function normKernels(backend: WasmBackend, wasm: KernelExports): Record<string, WasmKernel> {
  const at = offsetsOf(backend);
  const drop = (x: tf.TensorInfo, y: tf.TensorInfo, { threshold, scale, step, site, key0, key1 }: DropoutSite): void =>
    wasm.dropout(sizeOf(x), at(x), at(y), threshold, scale, step, site, key0, key1);
  return {
    Dropout: ({ x }, { site }) => {
      const y = backend.output(x!.shape);
      drop(x!, y, site as DropoutSite);
      return [y];
    },
    AddNorm: ({ x, residual, gain, bias }, { site }) => {
      const [rows, width] = matrix(x!);
      const y = backend.output([rows, width]);
      const normalised = backend.output([rows, width]);
      const inverseDeviation = backend.output([rows]);
      // y is overwritten row by row after the row of x was read, so it can hold the dropped x.
      if (site != null) drop(x!, y, site as DropoutSite);
      const source = site == null ? at(x) : at(y);
      wasm.addNorm(rows, width, source, at(residual), at(gain), at(bias), at(y), at(normalised), at(inverseDeviation));
      return [y, normalised, inverseDeviation];
    },
    AddNormGradient: ({ dy, normalised, inverseDeviation, gain }) => {
      const [rows, width] = matrix(dy!);
      const dz = backend.output([rows, width]);
      const dGain = backend.output([width]);
      const dBias = backend.output([width]);
      wasm.addNormGradient(
        rows,
        width,
        at(dy),
        at(normalised),
        at(inverseDeviation),
        at(gain),
        at(dz),
        at(dGain),
        at(dBias),
      );
      return [dz, dGain, dBias];
    },
  };
}

function attentionKernels(backend: WasmBackend, wasm: KernelExports): Record<string, WasmKernel> {
  const at = offsetsOf(backend);
  return {
    Attention: ({ q, k, v, mask }, attributes) => {
      const { batch, heads, queries, keys, site } = attributes as unknown as AttentionAttributes;
      const { threshold, scale, step, site: place, key0, key1 } = site ?? NOTHING_DROPPED;
      const output = backend.output(q!.shape);
      const probabilities = backend.output([batch, heads, queries, keys]);
      const dropped = site === null ? probabilities : backend.output(probabilities.shape);
      wasm.attention(
        batch,
        heads,
        queries,
        keys,
        q!.shape[1]! / heads,
        at(q),
        at(k),
        at(v),
        at(mask),
        at(probabilities),
        at(dropped),
        at(output),
        threshold,
        scale,
        step,
        place,
        key0,
        key1,
      );
      if (site !== null) backend.disposeData(dropped.dataId);
      return [output, probabilities];
    },
    AttentionGradient: ({ q, k, v, probabilities, dy }, attributes) => {
      const { batch, heads, queries, keys, site } = attributes as unknown as AttentionAttributes;
      const { threshold, scale, step, site: place, key0, key1 } = site ?? NOTHING_DROPPED;
      const [dq, dk, dv] = [backend.output(q!.shape), backend.output(k!.shape), backend.output(v!.shape)];
      const dropped = site === null ? probabilities! : backend.output(probabilities!.shape);
      const dScores = backend.output(probabilities!.shape);
      wasm.attentionGradient(
        batch,
        heads,
        queries,
        keys,
        q!.shape[1]! / heads,
        at(q),
        at(k),
        at(v),
        at(probabilities),
        at(dy),
        at(dropped),
        at(dScores),
        at(dq),
        at(dk),
        at(dv),
        threshold,
        scale,
        step,
        place,
        key0,
        key1,
      );
      if (site !== null) backend.disposeData(dropped.dataId);
      backend.disposeData(dScores.dataId);
      return [dq, dk, dv];
    },
  };
}

function lossKernels(backend: WasmBackend, wasm: KernelExports): Record<string, WasmKernel> {
  const at = (tensor: tf.TensorInfo): number => backend.offset(tensor);
  return {
    BceWithLogits: ({ logits, targets }) => {
      const [batch, answers] = matrix(logits!);
      const loss = backend.output([]);
      backend.values(loss)[0] = wasm.bceWithLogits(batch, answers, at(logits!), at(targets!));
      return [loss];
    },
    BceWithLogitsGradient: ({ logits, targets, dy }) => {
      const [batch, answers] = matrix(logits!);
      const d = backend.output(logits!.shape);
      wasm.bceWithLogitsGradient(batch, answers, at(logits!), at(targets!), backend.values(dy!)[0]!, at(d));
      return [d];
    },
    CrossEntropyRows: ({ logits, labels }) => {
      const [rows, classes] = matrix(logits!);
      const losses = backend.output([rows]);
      wasm.crossEntropyRows(rows, classes, at(logits!), at(labels!), at(losses));
      return [losses];
    },
    CrossEntropyRowsGradient: ({ logits, labels, dy }) => {
      const [rows, classes] = matrix(logits!);
      const d = backend.output(logits!.shape);
      wasm.crossEntropyRowsGradient(rows, classes, at(logits!), at(labels!), at(dy!), at(d));
      return [d];
    },
  };
}

/**
 * Stock kernels that a training step calls often, in the forms it calls them with; other forms stay with the cpu
 * kernel they replace.
 */
function stockKernels(backend: WasmBackend, wasm: KernelExports): Record<string, StockKernel> {
  const at = (tensor: tf.TensorInfo): number => backend.offset(tensor);
  const isFloat = (tensor: tf.TensorInfo): boolean => tensor.dtype === "float32";
  const alike = (a: tf.TensorInfo, b: tf.TensorInfo): boolean =>
    isFloat(a) && isFloat(b) && tf.util.arraysEqual(a.shape, b.shape);
  const add = (a: tf.TensorInfo, b: tf.TensorInfo): tf.TensorInfo => {
    const y = backend.output(a.shape);
    wasm.add(sizeOf(a), at(a), at(b), at(y));
    return y;
  };
  return {
    Cast: ({ x }, { dtype }) =>
      dtype === "float32" && (x!.dtype === "int32" || x!.dtype === "bool") ? castToFloat(backend, x!) : null,
    Add: ({ a, b }) => (alike(a!, b!) ? add(a!, b!) : null),
    AddN: (inputs) => {
      const terms = Object.values(inputs);
      const first = terms[0]!;
      if (terms.length < 2 || !terms.every((term) => alike(term, first))) return null;
      const sum = add(first, terms[1]!);
      for (const term of terms.slice(2)) wasm.add(sizeOf(first), at(sum), at(term), at(sum));
      return sum;
    },
    Multiply: ({ a, b }) => {
      if (alike(a!, b!)) {
        const y = backend.output(a!.shape);
        wasm.multiply(sizeOf(a!), at(a!), at(b!), at(y));
        return y;
      }
      const [scalar, tensor] = sizeOf(a!) === 1 ? [a!, b!] : [b!, a!];
      if (sizeOf(scalar) !== 1 || scalar.shape.length > tensor.shape.length || !isFloat(a!) || !isFloat(b!))
        return null;
      const y = backend.output(tensor.shape);
      wasm.scale(sizeOf(tensor), at(tensor), backend.values(scalar)[0]!, at(y));
      return y;
    },
  };
}

/** The cpu kernel lets a cast share its values with the original, which a kernel on raw memory must not. */
function castToFloat(backend: WasmBackend, x: tf.TensorInfo): tf.TensorInfo {
  const y = backend.output(x.shape);
  backend.values(y).set(backend.values(x));
  return y;
}

/** Registers everything the wasm engine computes itself, over the stock cpu kernels it starts from. */
export function registerWasmKernels(backendName: string, backend: WasmBackend, wasm: KernelExports): void {
  tf.copyRegisteredKernels("cpu", backendName);
  for (const [kernelName, kernel] of Object.entries(fusedKernels(backend, wasm))) {
    if (tf.getKernel(kernelName, backendName) !== undefined) tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc: ({ inputs, attrs }) => kernel(inputs as Inputs, attrs ?? {}),
    });
  }
  for (const [kernelName, kernel] of Object.entries(stockKernels(backend, wasm))) {
    const stock = tf.getKernel(kernelName, backendName).kernelFunc;
    tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc: (parameters) => kernel(parameters.inputs as Inputs, parameters.attrs ?? {}) ?? stock(parameters),
    });
  }
  registerOptimiserPass(backendName, {
    sumOfSquares: (tensors) => {
      let sum = 0;
      for (const tensor of tensors) sum += wasm.sumOfSquares(tensor.size, backend.offset(tensor));
      return sum;
    },
    adamStep: ({ parameter, firstMoment, secondMoment, mask }, gradient, settings) => {
      const at = (tensor: tf.Tensor): number => backend.offset(tensor);
      const { learningRate, beta1, beta2, epsilon, weightDecay, correction1, correction2, gradientScale } = settings;
      wasm.adamStep(
        parameter.size,
        at(parameter),
        at(gradient),
        at(firstMoment),
        at(secondMoment),
        mask === null ? 0 : at(mask),
        learningRate,
        beta1,
        1 - beta1,
        beta2,
        1 - beta2,
        epsilon,
        weightDecay,
        correction1,
        correction2,
        gradientScale,
      );
    },
  });
}
