/** `npm run perf -- data`: files and stores, and what serving a batch takes of a training step of the same run. */
import { openEngine } from "@ticketbench/backend/node";
import { dataRows, MINI_BATCH_ROW } from "@ticketbench/data-vqa/perf";
import { stepRows } from "@ticketbench/model/perf";
import type { PerfRow } from "./row.ts";
import { makeBatch, SIZES } from "./sizes.ts";

export async function dataAndStepRows(): Promise<PerfRow[]> {
  const rows = await dataRows();
  await openEngine("wasm");
  const { targets, ...arrays } = makeBatch(SIZES.mini);
  const bars = { stepMilliseconds: null, questionsPerSecond: null };
  const [step] = await stepRows({ name: "mini", config: SIZES.mini.config, arrays, targets, bars });
  const batch = rows.find(({ name }) => name === MINI_BATCH_ROW);
  if (step === undefined || batch === undefined) throw new Error("no batch or no step was timed");
  const share = { name: "mini-VQA quick: a batch, as a share of a training step", value: batch.value / step.value };
  return [...rows, { ...share, unit: "", bar: 0.03, better: "lower" }];
}
