/** What the model package measures of itself on the engine that is open; figures are reported, never gated. */
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { bceWithLogits, Dropout, tf } from "@ticketbench/backend";
import { type LxmertConfig, lxmertConfig } from "./config.ts";
import { forwardFlops } from "./flops.ts";
import { initialise } from "./initialise.ts";
import { disposeInput, type LxmertArrays, lxmertInput } from "./input.ts";
import { Lxmert } from "./lxmert.ts";
import { bertAdam, Optimiser } from "./optimiser.ts";
import { parameterShapes, sizeOf } from "./parameters.ts";
import { readSafetensors, writeSafetensors } from "./safetensors-file.ts";
import { scoped } from "./scope.ts";
import { Tokenizer } from "./tokenizer.ts";
import { gradientsOf, trainStep, type VqaBatch } from "./training.ts";
import { bertVocabulary } from "./vocabulary-file.ts";

/** One measured figure; `bar` is what it is held to, null where it is only reported. */
export interface PerfRow {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly bar: number | null;
  readonly better: "higher" | "lower";
}

/** A network and the batch it is timed on. */
export interface PerfCase {
  readonly name: string;
  readonly config: LxmertConfig;
  readonly arrays: LxmertArrays;
  /** [batch, answers] */
  readonly targets: Float32Array;
  /** What a step and an evaluation are held to; null where they are only reported. */
  readonly bars: { readonly stepMilliseconds: number | null; readonly questionsPerSecond: number | null };
}

/** Median milliseconds of a call, over as many as fit into `seconds`. */
async function median(seconds: number, call: () => unknown): Promise<number> {
  for (let i = 0; i < 5; i++) await call();
  const times: number[] = [];
  const end = performance.now() + seconds * 1000;
  do {
    const start = performance.now();
    await call();
    times.push(performance.now() - start);
  } while (performance.now() < end);
  return times.sort((a, b) => a - b)[times.length >> 1] as number;
}

/** Training step whole and by part, evaluation, arithmetic, kernel calls, and tensors left over. */
export async function stepRows(perfCase: PerfCase, seconds = 2): Promise<readonly PerfRow[]> {
  const { name, config, arrays, bars } = perfCase;
  const model = new Lxmert(config, initialise(config, 1));
  const optimiser = new Optimiser(model.parameters, bertAdam({ learningRate: 1e-4, totalSteps: 1_000_000 }));
  const dropout = new Dropout(config.dropout, 1);
  const targets = tf.tensor2d(perfCase.targets, [arrays.batch, config.answers]);
  const batch: VqaBatch = { ...lxmertInput(config, arrays), targets };
  const train = () => trainStep(model, optimiser, batch, dropout);
  const differentiate = () => gradientsOf(model.parameters, () => bceWithLogits(answer(dropout), targets));
  const answer = (site: Dropout | null): tf.Tensor2D => model.forward(batch, site).logits;

  const step = await median(seconds, train);
  const both = await median(seconds / 2, () => scoped(differentiate));
  const forward = await median(seconds / 2, () => scoped(() => answer(dropout).dataSync()));
  const evaluation = await median(seconds / 2, () => scoped(() => answer(null).dataSync()));
  const leaked = await tensorsLeft(100, train);
  const kernels = await kernelsOf(train);
  const { total } = forwardFlops(
    { ...config, savings: { deadVision: false, classTokenOnly: false } },
    { tokens: arrays.tokenLength, regions: arrays.regions },
  );
  disposeInput(batch);
  optimiser.dispose();
  model.dispose();

  const row = (
    what: string,
    value: number,
    unit: string,
    better: PerfRow["better"],
    bar: number | null = null,
  ): PerfRow => ({ name: `${name}: ${what}`, value, unit, bar, better });
  return [
    row("training step", step, "ms", "lower", bars.stepMilliseconds),
    row("of it forward", forward, "ms", "lower"),
    row("of it backward", both - forward, "ms", "lower"),
    row("of it clipping and optimiser", step - both, "ms", "lower"),
    row("arithmetic, dead branches counted", (3 * arrays.batch * total) / step / 1e6, "GFLOP/s", "higher"),
    row("kernel calls a step", kernels, "calls", "lower", 1000),
    row("tensors left after 100 steps", leaked, "tensors", "lower", 0),
    row("evaluation", (1000 * arrays.batch) / evaluation, "questions/s", "higher", bars.questionsPerSecond),
  ];
}

async function tensorsLeft(steps: number, train: () => Promise<unknown>): Promise<number> {
  const before = tf.memory().numTensors;
  for (let i = 0; i < steps; i++) await train();
  return tf.memory().numTensors - before;
}

/** How many kernels a piece of work runs. */
async function kernelsOf(work: () => Promise<unknown>): Promise<number> {
  const { kernels } = await tf.profile(async () => {
    await work();
    return [];
  });
  return kernels.length;
}

/** Questions a second through bert-base-uncased's vocabulary, with words seen for the first time. */
export async function tokenizerRows(texts: readonly string[]): Promise<readonly PerfRow[]> {
  const vocabulary = await bertVocabulary();
  // A tokenizer remembers words, so each pass has a new one, made off the clock.
  const times = Array.from({ length: 5 }, () => {
    const tokenizer = new Tokenizer(vocabulary);
    const start = performance.now();
    for (const text of texts) tokenizer.encode(text);
    return performance.now() - start;
  });
  const value = (1000 * texts.length) / Math.min(...times);
  return [{ name: "tokenizer", value, unit: "questions/s", bar: 20_000, better: "higher" }];
}

/** Reading a checkpoint of full size, against reading its bytes. Writes and removes 856 MB in `folder`. */
export async function checkpointRows(folder: string): Promise<readonly PerfRow[]> {
  const path = join(folder, "full-size.safetensors");
  try {
    await writeFullSize(path);
    const ratios: number[] = [];
    let bytes = 0;
    let held = 0;
    for (let i = 0; i < 3; i++) {
      const raw = await seconds(async () => (bytes = await readBytes(path)));
      const before = process.memoryUsage().arrayBuffers;
      const ours = await seconds(async () => {
        const weights = await readSafetensors(path);
        held = [...weights.values()].reduce((sum, { values }) => sum + values.byteLength, 0);
      });
      held = Math.max(held, process.memoryUsage().arrayBuffers - before);
      ratios.push(ours / raw);
    }
    const ratio = ratios.sort((a, b) => a - b)[1] as number;
    return [
      { name: "checkpoint of 856 MB: time against raw bytes", value: ratio, unit: "x", bar: 1.5, better: "lower" },
      { name: "checkpoint of 856 MB: memory against file", value: held / bytes, unit: "x", bar: 1.1, better: "lower" },
    ];
  } finally {
    await rm(path, { force: true });
  }
}

async function writeFullSize(path: string): Promise<void> {
  const shapes = parameterShapes(lxmertConfig());
  const values = new Float32Array(Math.max(...[...shapes.values()].map(({ shape }) => sizeOf(shape))));
  for (let i = 0; i < values.length; i++) values[i] = (Math.imul(i, 0x9e3779b1) >>> 0) / 2 ** 32 - 0.5;
  const weights = [...shapes].map(
    ([name, { shape }]) => [name, { shape, values: values.subarray(0, sizeOf(shape)) }] as const,
  );
  await writeSafetensors(path, new Map(weights));
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

async function readBytes(path: string): Promise<number> {
  await using file = await open(path);
  const { size } = await file.stat();
  const bytes = new Uint8Array(size);
  let done = 0;
  while (done < size) done += (await file.read(bytes, done, Math.min(2 ** 30, size - done), done)).bytesRead;
  return size;
}
