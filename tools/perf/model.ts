/**
 * `npm run perf -- model`: a training step by part, evaluation, the tokenizer, full-size checkpoints, and LXMERT of full
 * size, each against PyTorch in the same run where Python has it.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEngine, readTensorflowInstallation } from "@ticketbench/backend/node";
import { generateMiniVqa } from "@ticketbench/data-vqa";
import { checkpointRows, stepRows, tokenizerRows } from "@ticketbench/model/perf";
import { measureFullSize } from "./full-size.ts";
import { measurePeer, whyNoPeer } from "./peer.ts";
import type { PerfRow } from "./row.ts";
import { makeBatch, SIZES } from "./sizes.ts";

export async function modelRows(): Promise<PerfRow[]> {
  await openEngine("wasm");
  const { targets, ...arrays } = makeBatch(SIZES.mini);
  // The bars are stock PyTorch eager on one such core, and 6,000 questions a second.
  const bars = { stepMilliseconds: 22.6, questionsPerSecond: 6000 };
  const steps = await stepRows({ name: "mini", config: SIZES.mini.config, arrays, targets, bars });
  const texts = generateMiniVqa()
    .split("pretrain")
    .questions.map(({ text }) => text);
  const folder = mkdtempSync(join(tmpdir(), "ticketbench-perf-"));
  try {
    const own = [...steps, ...(await tokenizerRows(texts)), ...(await checkpointRows(folder))];
    const reason = whyNoPeer();
    if (reason !== null) console.log(`Left out: the ratios to PyTorch: ${reason}`);
    return [...own, ...(reason === null ? miniPeerRows(steps) : []), ...fullSizeRows(reason === null)];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const MODES = [
  { tuned: false, mode: "stock" },
  { tuned: true, mode: "tuned" },
] as const;

/** A ratio above 1 is a win over PyTorch. Stock is what must be beaten, tuned the goal. */
function ratioRow(name: string, value: number, tuned: boolean): PerfRow {
  return { name, value, unit: "x", bar: tuned ? null : 1, better: "higher" };
}

/** The mini model's rows again from PyTorch, one thread, and what ours are to them. */
function miniPeerRows(own: readonly PerfRow[]): PerfRow[] {
  const valueOf = (part: string): number => own.find(({ name }) => name === `mini: ${part}`)?.value ?? Number.NaN;
  return MODES.flatMap(({ tuned, mode }) => {
    const peer = measurePeer({ size: "mini", threads: 1, tuned }, 3);
    const step = { name: `mini: training step, PyTorch ${mode}`, value: peer.stepMilliseconds, unit: "ms" };
    const rate = { name: `mini: evaluation, PyTorch ${mode}`, value: peer.questionsPerSecond, unit: "questions/s" };
    return [
      { ...step, bar: null, better: "lower" },
      ratioRow(`${step.name} against ours`, peer.stepMilliseconds / valueOf("training step"), tuned),
      { ...rate, bar: null, better: "higher" },
      ratioRow(`mini: evaluation, ours against PyTorch ${mode}`, valueOf("evaluation") / rate.value, tuned),
    ];
  });
}

/** A step of full size on TensorFlow with one thread and two, and evaluation on wasm, which cannot train it. */
function fullSizeRows(withPeer: boolean): PerfRow[] {
  const wasm = measureFullSize("wasm", 1, 0);
  const seconds = (name: string, value: number): PerfRow => ({
    name: `full: ${name}`,
    value: value / 1000,
    unit: "s",
    bar: null,
    better: "lower",
  });
  const gigabytes = (name: string, bytes: number, bar: number): PerfRow => ({
    name: `full: ${name}`,
    value: bytes / 1e9,
    unit: "GB",
    bar,
    better: "lower",
  });
  const rows = [
    seconds("evaluation of 32 questions, wasm", wasm.evaluationMilliseconds),
    gigabytes("memory of it", wasm.peakBytes, 5),
  ];
  if (readTensorflowInstallation() === null) {
    console.log("Left out: LXMERT of full size in training: npm run engine:tensorflow installs the engine for it");
    return rows;
  }
  for (const threads of [1, 2]) {
    const on = `tensorflow, ${threads} thread${threads === 1 ? "" : "s"}`;
    const own = measureFullSize("tensorflow", threads, 4);
    const step = own.stepMilliseconds ?? Number.NaN;
    rows.push(seconds(`training step, ${on}`, step), seconds(`evaluation, ${on}`, own.evaluationMilliseconds));
    rows.push(gigabytes(`memory of training, ${on}`, own.peakBytes, 8));
    for (const { tuned, mode } of withPeer ? MODES : []) {
      const peer = measurePeer({ size: "full", threads, tuned }, 1);
      const name = `training step, PyTorch ${mode}, ${threads} thread${threads === 1 ? "" : "s"}`;
      rows.push(seconds(name, peer.stepMilliseconds));
      rows.push(ratioRow(`full: ${name} against ours`, peer.stepMilliseconds / step, tuned));
    }
  }
  return rows;
}
