/** `npm run perf -- model`: a training step by part, evaluation, the tokenizer and full-size checkpoints. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEngine } from "@ticketbench/backend/node";
import { generateMiniVqa } from "@ticketbench/data-vqa";
import { checkpointRows, stepRows, tokenizerRows } from "@ticketbench/model/perf";
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
    return [...steps, ...(await tokenizerRows(texts)), ...(await checkpointRows(folder))];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
