import {
  addNorm,
  attention,
  bceWithLogits,
  crossEntropyRows,
  dropout,
  type DropoutSite,
  embedding,
  gelu,
  linear,
  type RandomStream,
  tf,
} from "../index.ts";
import * as float64 from "./float64.ts";

/** One call of one operation: its float inputs, the call on an engine, and the same in float64 loops. */
export interface OperationCase {
  readonly name: string;
  readonly inputs: readonly { readonly shape: readonly number[]; readonly values: Float32Array }[];
  readonly run: (...inputs: tf.Tensor[]) => tf.Tensor;
  readonly expected: (...inputs: float64.Doubles[]) => float64.Doubles;
  /** Which inputs have a gradient to check. */
  readonly differentiable: readonly number[];
}

type Input = OperationCase["inputs"][number];

function normal(random: RandomStream, ...shape: number[]): Input {
  const size = shape.reduce((product, n) => product * n, 1);
  return { shape, values: Float32Array.from({ length: size }, () => random.normal()) };
}

function siteOf(random: RandomStream): DropoutSite | null {
  if (random.integer(2) === 0) return null;
  const threshold = 6554;
  return {
    threshold,
    scale: Math.fround(1 / (1 - threshold / 65536)),
    key0: 7,
    key1: random.nextUint32(),
    step: 3,
    site: 1,
  };
}

/** One case of every operation, of sizes drawn from `sizes`. */
export function drawCases(random: RandomStream, sizes: readonly number[]): OperationCase[] {
  const size = (): number => sizes[random.integer(sizes.length)]!;
  return [
    linearCase(random, size(), size(), size()),
    geluCase(random, size(), size()),
    dropoutCase(random, size(), size()),
    addNormCase(random, size(), 2 + size()),
    attentionCase(random, size(), size(), size()),
    embeddingCase(random, size(), size(), size()),
    bceCase(random, size(), size()),
    crossEntropyCase(random, size(), size()),
  ];
}

export function linearCase(random: RandomStream, rows: number, inputs: number, outputs: number): OperationCase {
  return {
    name: `linear ${rows} x ${inputs} -> ${outputs}`,
    inputs: [normal(random, rows, inputs), normal(random, outputs, inputs), normal(random, outputs)],
    run: (x, weight, bias) => linear(x as tf.Tensor2D, weight, bias),
    expected: (x, weight, bias) => float64.linear(x, weight, bias, rows, inputs, outputs),
    differentiable: [0, 1, 2],
  };
}

function geluCase(random: RandomStream, rows: number, width: number): OperationCase {
  return {
    name: `gelu ${rows} x ${width}`,
    inputs: [normal(random, rows, width)],
    run: (x) => gelu(x),
    expected: (x) => float64.gelu(x),
    differentiable: [0],
  };
}

function dropoutCase(random: RandomStream, rows: number, width: number): OperationCase {
  const site = siteOf(random);
  return {
    name: `dropout ${rows} x ${width}`,
    inputs: [normal(random, rows, width)],
    run: (x) => dropout(x, site),
    expected: (x) => float64.dropout(x, site),
    differentiable: [0],
  };
}

function addNormCase(random: RandomStream, rows: number, width: number): OperationCase {
  const site = siteOf(random);
  return {
    name: `addNorm ${rows} x ${width}`,
    inputs: [normal(random, rows, width), normal(random, rows, width), normal(random, width), normal(random, width)],
    run: (x, residual, gain, bias) => addNorm(x as tf.Tensor2D, residual as tf.Tensor2D, gain, bias, site),
    expected: (x, residual, gain, bias) => float64.addNorm(x, residual, gain, bias, width, site),
    differentiable: [0, 1, 2, 3],
  };
}

function attentionCase(random: RandomStream, queries: number, keys: number, size: number): OperationCase {
  const sizes = { batch: 2, heads: 1 + random.integer(3), queries, keys, size };
  const hidden = sizes.heads * size;
  const site = siteOf(random);
  const masked = random.integer(2) === 1;
  const mask = Float32Array.from({ length: 2 * keys }, (_, i) =>
    masked && i % keys > 0 && random.integer(3) === 0 ? -10000 : 0,
  );
  return {
    name: `attention ${queries} x ${keys}, ${sizes.heads} heads of ${size}`,
    inputs: [normal(random, 2 * queries, hidden), normal(random, 2 * keys, hidden), normal(random, 2 * keys, hidden)],
    run: (q, k, v) =>
      attention(q as tf.Tensor2D, k as tf.Tensor2D, v as tf.Tensor2D, {
        batch: 2,
        heads: sizes.heads,
        mask: masked ? tf.tensor(mask, [2, keys]) : null,
        site,
      }),
    expected: (q, k, v) => float64.attention(q, k, v, masked ? Float64Array.from(mask) : null, sizes, site),
    differentiable: [0, 1, 2],
  };
}

function embeddingCase(random: RandomStream, rows: number, width: number, count: number): OperationCase {
  const ids = Int32Array.from({ length: count }, () => random.integer(rows));
  return {
    name: `embedding ${count} of ${rows} x ${width}`,
    inputs: [normal(random, rows, width)],
    run: (table) => embedding(table, tf.tensor1d(ids, "int32"), null),
    expected: (table) => float64.embedding(table, ids, width),
    differentiable: [0],
  };
}

function bceCase(random: RandomStream, batch: number, answers: number): OperationCase {
  const targets = Float32Array.from({ length: batch * answers }, () => random.uniform());
  return {
    name: `bceWithLogits ${batch} x ${answers}`,
    inputs: [normal(random, batch, answers)],
    run: (logits) => bceWithLogits(logits as tf.Tensor2D, tf.tensor2d(targets, [batch, answers])),
    expected: (logits) => float64.bceWithLogits(logits, Float64Array.from(targets), batch),
    differentiable: [0],
  };
}

function crossEntropyCase(random: RandomStream, rows: number, classes: number): OperationCase {
  const labels = Int32Array.from({ length: rows }, () => random.integer(classes + 1) - 1);
  return {
    name: `crossEntropyRows ${rows} x ${classes}`,
    inputs: [normal(random, rows, classes)],
    run: (logits) => crossEntropyRows(logits as tf.Tensor2D, tf.tensor1d(labels, "int32")),
    expected: (logits) => float64.crossEntropyRows(logits, labels, classes),
    differentiable: [0],
  };
}
