/** What selection and masks cost at LXMERT's full size; `perfRows` feeds the workspace's `perf` command. */
import { spawnSync } from "node:child_process";
import { randomStream } from "@ticketbench/backend";
import { openEngine } from "@ticketbench/backend/node";
import {
  answerLogits,
  disposeInput,
  initialise,
  Lxmert,
  type LxmertArrays,
  lxmertConfig,
  lxmertInput,
  parameterShapes,
} from "@ticketbench/model";
import { type Compact, removeEmptied } from "./compact.ts";
import { Mask } from "./mask.ts";
import { encodeMask } from "./mask-code.ts";
import headsAndFfn from "./methods/heads-and-ffn.ts";
import { prune } from "./prune.ts";
import { prunableNames } from "./scope.ts";
import { selectHighest } from "./select.ts";
import type { Shapes } from "./shapes.ts";

/** One measured figure; `bar` is what it is held to, null where it is only reported. */
export interface PruneFigure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly bar: number | null;
  readonly better: "higher" | "lower";
}

const figure = (name: string, value: number, unit: string, bar: number | null = null): PruneFigure => {
  return { name, value, unit, bar, better: "lower" };
};

/** Milliseconds on the clock and of processor time. */
async function timed(work: () => unknown): Promise<{ readonly wall: number; readonly processor: number }> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  await work();
  const used = process.cpuUsage(before);
  return { wall: performance.now() - start, processor: (used.user + used.system) / 1000 };
}

/** Magnitudes as of normal-ish weights, by a plain generator: what is timed is what is done with them. */
function fullSizeScores(shapes: Shapes): Map<string, Float32Array> {
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  };
  const scores = new Map<string, Float32Array>();
  for (const name of prunableNames(shapes, "thesis")) {
    const values = new Float32Array((shapes.get(name) ?? []).reduce((size, length) => size * length, 1));
    for (let i = 0; i < values.length; i++) values[i] = Math.abs(next() + next() + next()) * 0.02;
    scores.set(name, values);
  }
  return scores;
}

/** NumPy's partition of as many numbers, which makes no mask yet; no rows where Python or NumPy is not installed. */
function numpyRows(what: string, count: number, keep: number): readonly PruneFigure[] {
  const script = `import resource, time, numpy as np
x = np.random.default_rng(1).standard_normal(${count}, dtype=np.float32)
np.abs(x, out=x)
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
before, start = peak(), time.perf_counter()
np.partition(x, ${count - keep})
print(time.perf_counter() - start, peak() - before)`;
  const { status, stdout } = spawnSync("python3", ["-c", script], { encoding: "utf8" });
  if (status !== 0) {
    console.log("no rows of NumPy's partition: python3 with numpy is not installed");
    return [];
  }
  const [seconds = NaN, kilobytes = NaN] = stdout.split(" ").map(Number);
  return [
    figure(`NumPy partition of ${what}`, 1000 * seconds, "ms"),
    figure(`NumPy partition of ${what}, memory above them`, kilobytes / 1000, "MB"),
  ];
}

/** A model of a few million weights, and a batch for it. */
const SIZE = lxmertConfig({
  hidden: 256,
  heads: 4,
  intermediate: 1024,
  layers: { language: 3, object: 2, cross: 2 },
  vocabulary: 1000,
  positions: 20,
  featureWidth: 64,
  answers: 50,
  dropout: 0,
});

function batchOf(questions: number): LxmertArrays {
  const random = randomStream(1, "perf");
  return {
    batch: questions,
    tokenLength: 20,
    tokens: Int32Array.from({ length: questions * 20 }, () => 1 + random.integer(999)),
    textMask: new Float32Array(questions * 20).fill(1),
    regions: 36,
    features: Float32Array.from({ length: questions * 36 * 64 }, () => random.uniform()),
    boxes: Float32Array.from({ length: questions * 36 * 4 }, () => random.uniform()),
  };
}

/** Median milliseconds to answer a batch. */
async function answering({ config, weights }: Compact): Promise<number> {
  const model = new Lxmert(config, weights);
  const input = lxmertInput(config, batchOf(16));
  const times: number[] = [];
  for (let run = 0; run < 12; run++) times.push((await timed(() => answerLogits(model, input))).wall);
  model.dispose();
  disposeInput(input);
  return times.sort((a, b) => a - b)[6] ?? NaN;
}

/** A mask alone makes nothing faster; neurons taken out of the model do. */
async function answerRows(): Promise<readonly PruneFigure[]> {
  await openEngine("wasm");
  const weights = initialise(SIZE, 1);
  const { heads } = SIZE;
  const request = { method: headsAndFfn, weights, scope: "encoder-matrices", sparsity: 0.5, seed: 1, heads } as const;
  const { mask, weights: masked } = await prune(request);
  return [
    figure("answer 16 questions, dense", await answering({ config: SIZE, weights }), "ms"),
    figure(
      "answer 16 questions, half of heads and neurons masked",
      await answering({ config: SIZE, weights: masked }),
      "ms",
    ),
    figure(
      "answer 16 questions, those heads and neurons removed",
      await answering(removeEmptied(mask, SIZE, weights)),
      "ms",
    ),
  ];
}

/** Measures; takes about a minute and 2 GB of memory. */
export async function perfRows(): Promise<readonly PruneFigure[]> {
  return [...(await selectionRows()), ...(await answerRows())];
}

async function selectionRows(): Promise<readonly PruneFigure[]> {
  const shapes: Shapes = new Map([...parameterShapes(lxmertConfig())].map(([name, { shape }]) => [name, shape]));
  const scores = fullSizeScores(shapes);
  const count = [...scores.values()].reduce((sum, { length }) => sum + length, 0);
  const keep = Math.round(0.3 * count);
  const what = `${count.toLocaleString("en")} scores`;
  const memory = process.memoryUsage().rss;
  await timed(() => selectHighest(scores, keep));
  const above = (process.memoryUsage().rss - memory) / 1e6;
  const select = await timed(() => selectHighest(scores, keep));
  const mask = new Mask(shapes, selectHighest(scores, keep));
  const rows = [
    figure(`select among ${what}`, select.wall, "ms", 1000),
    figure(`select among ${what}, processor`, select.processor, "ms", 1000),
    figure(`select among ${what}, memory above them`, above, "MB", 1000),
    figure("encode and hash that mask", (await timed(() => encodeMask(mask))).wall, "ms"),
  ];
  rows.push(...numpyRows(what, count, keep));
  const some = (scores.get("logit_fc.3.weight") ?? new Float32Array()).slice();
  const sort = await timed(() => some.sort());
  rows.push(figure(`typed-array sort of ${some.length.toLocaleString("en")} scores`, sort.wall, "ms"));
  rows.push(figure(`typed-array sort, for ${what} at that rate`, (sort.wall * count) / some.length, "ms"));
  return rows;
}
