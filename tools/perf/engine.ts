/** `npm run perf -- engine`: what the wasm engine computes a second, against tfjs's own WebAssembly backend. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { linear, randomStream, tf } from "@ticketbench/backend";
import { measureMultiplyAdds, openEngine } from "@ticketbench/backend/node";
import { initialise, Lxmert } from "@ticketbench/model";
import { plainTrainer, registerMissingKernel } from "./plain-lxmert.ts";
import type { PerfRow } from "./row.ts";
import { batchFlops, makeBatch, type PerfSize, SIZES } from "./sizes.ts";
import { time } from "./stopwatch.ts";
import { fusedTrainer } from "./trainer.ts";

/** How long each figure is measured; `--quick` only shows that everything runs. */
export interface Patience {
  readonly seconds: number;
  readonly quick: boolean;
}

async function kernelCalls(step: () => Promise<unknown>): Promise<number> {
  const { kernels } = await tf.profile(async () => {
    await step();
    return [];
  });
  return kernels.length;
}

async function stepRows(size: PerfSize, bar: number | null, seconds: number): Promise<PerfRow[]> {
  await openEngine("wasm");
  const fused = fusedTrainer(size);
  const ours = await time(seconds, fused);
  const calls = await kernelCalls(fused);
  await import("@tensorflow/tfjs-backend-wasm");
  await tf.setBackend("wasm");
  registerMissingKernel();
  const plainModel = new Lxmert(size.config, initialise(size.config, 1));
  const plain = await time(seconds, plainTrainer(plainModel.parameters, size.config, makeBatch(size)));
  await openEngine("wasm");
  const again = await time(seconds, fused);
  const step = Math.min(ours.median, again.median);
  const row = (
    name: string,
    value: number,
    unit: string,
    limit: number | null,
    better: PerfRow["better"],
  ): PerfRow => ({
    name: `${size.name} step: ${name}`,
    value,
    unit,
    bar: limit,
    better,
  });
  return [
    row("ours, wasm, one thread", step, "ms", null, "lower"),
    row("plain operations on tfjs wasm", plain.median, "ms", null, "lower"),
    row("ours against plain", plain.median / step, "x", bar, "higher"),
    row("arithmetic", (3 * batchFlops(size)) / step / 1e6, "GFLOP/s", null, "higher"),
    row("kernel calls", calls, "calls", 1000, "lower"),
  ];
}

/** GFLOP/s of x [rows, depth] times W [columns, depth] transposed, and of its two gradients. */
async function gemmRows({ seconds, quick }: Patience): Promise<PerfRow[]> {
  const shapes = [
    [640, 768, 3072],
    [640, 768, 768],
    [1152, 128, 512],
    [640, 128, 128],
    [416, 64, 256],
    [256, 64, 64],
  ] as const;
  const rows: PerfRow[] = [];
  for (const [m, k, n] of quick ? shapes.slice(-1) : shapes) {
    const random = randomStream(1, "gemm");
    const values = (count: number): Float32Array => Float32Array.from({ length: count }, () => random.normal());
    const operands = { x: values(m * k), w: values(n * k), dy: values(m * n) };
    const stock = await stockRate([m, k, n], operands, seconds / 6);
    await openEngine("wasm");
    for (const [form, rate] of Object.entries(await ownRates([m, k, n], operands, seconds / 6))) {
      const name = `gemm ${m} x ${k} x ${n} ${form}`;
      rows.push({ name, value: rate, unit: "GFLOP/s", bar: null, better: "higher" });
      rows.push({ name: `${name} against tfjs NN`, value: rate / stock, unit: "x", bar: 1.3, better: "higher" });
    }
  }
  return rows;
}

interface Operands {
  readonly x: Float32Array;
  readonly w: Float32Array;
  readonly dy: Float32Array;
}

/** GFLOP/s of a call on the product's tensors. */
async function rateOf(
  [m, k, n]: readonly [number, number, number],
  seconds: number,
  call: () => tf.Tensor | tf.Tensor[],
): Promise<number> {
  const { best } = await time(seconds, () => tf.dispose(call()));
  return (2 * m * k * n) / best / 1e6;
}

async function ownRates(
  sizes: readonly [number, number, number],
  operands: Operands,
  seconds: number,
): Promise<Record<string, number>> {
  const [m, k, n] = sizes;
  const x = tf.tensor2d(operands.x, [m, k]);
  const w = tf.tensor2d(operands.w, [n, k]);
  const dy = tf.tensor2d(operands.dy, [m, n]);
  const bias = tf.zeros([n]);
  const kernel = (name: string, inputs: tf.NamedTensorMap) => () => tf.engine().runKernel<tf.Tensor>(name, inputs);
  const rates = {
    NT: await rateOf(sizes, seconds, () => linear(x, w, bias)),
    NN: await rateOf(sizes, seconds, kernel("LinearInputGradient", { dy, weight: w })),
    TN: await rateOf(sizes, seconds, kernel("LinearWeightGradient", { x, dy })),
  };
  tf.dispose([x, w, dy, bias]);
  return rates;
}

async function stockRate(
  sizes: readonly [number, number, number],
  operands: Operands,
  seconds: number,
): Promise<number> {
  await import("@tensorflow/tfjs-backend-wasm");
  await tf.setBackend("wasm");
  const [m, k, n] = sizes;
  const x = tf.tensor2d(operands.x, [m, k]);
  const w = tf.tensor2d(operands.w, [k, n]);
  const rate = await rateOf(sizes, seconds, () => tf.matMul(x, w));
  tf.dispose([x, w]);
  return rate;
}

/** The share of the machine's multiply-adds that a product reaches: a spill in the tile would halve it. */
async function calibrationRows(gemm: readonly PerfRow[]): Promise<PerfRow[]> {
  const peak = await measureMultiplyAdds();
  const best = Math.max(...gemm.filter(({ unit }) => unit === "GFLOP/s").map(({ value }) => value));
  return [
    { name: "multiply-adds alone, one core", value: peak, unit: "GFLOP/s", bar: null, better: "higher" },
    { name: "best gemm against multiply-adds alone", value: best / peak, unit: "x", bar: 0.7, better: "higher" },
  ];
}

/** Steps of two processes at once against those of one alone: what a sweep gains from the second core. */
async function processRows(seconds: number): Promise<PerfRow[]> {
  const loop = fileURLToPath(new URL("./train-loop.ts", import.meta.url));
  const train = async (): Promise<number> => {
    const { stdout } = await promisify(execFile)(process.execPath, [loop, String(3 * seconds)]);
    return 1000 / (JSON.parse(stdout) as { median: number }).median;
  };
  const alone = await train();
  const both = await Promise.all([train(), train()]);
  const value = (both[0] + both[1]) / alone;
  return [{ name: "two processes against one, S steps", value, unit: "x", bar: 1.8, better: "higher" }];
}

export async function engineRows(quick: boolean): Promise<PerfRow[]> {
  const seconds = quick ? 0.06 : 1.5;
  const gemm = await gemmRows({ seconds, quick });
  const calibration = await calibrationRows(gemm);
  const mini = await stepRows(SIZES.mini, null, seconds);
  if (quick) return [...gemm, ...calibration, ...mini];
  return [...gemm, ...calibration, ...(await stepRows(SIZES.S, 10, seconds)), ...mini, ...(await processRows(seconds))];
}
