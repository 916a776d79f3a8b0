import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readResults } from "./node.ts";
import { sampleTicket } from "./sample-result.ts";
import { rankTies } from "./statistics/rank.ts";
import { simulate } from "./statistics/simulated.ts";
import { verdict } from "./statistics/verdict.ts";

/** One measured figure; `bar` is what it is held to, null where it is only reported. */
interface PerfRow {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly bar: number | null;
  readonly better: "higher" | "lower";
}

async function secondsOf(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** Writes made-up mini results in folders of a thousand, and says how large one is. */
async function makeResults(dir: string, count: number): Promise<number> {
  let bytes = 0;
  for (let seed = 0; seed < count; seed++) {
    const result = sampleTicket({ seed });
    const text = JSON.stringify(result);
    const folder = join(dir, String(Math.floor(seed / 1000)));
    if (seed % 1000 === 0) await mkdir(folder);
    await writeFile(join(folder, `${result.id}.json`), text);
    bytes += Buffer.byteLength(text);
  }
  return bytes / count;
}

/** Reading and verifying 10,000 results, the size of one, and the statistics at the size of VQA's minival. */
export async function resultsRows(): Promise<PerfRow[]> {
  const count = 10_000;
  const dir = await mkdtemp(join(tmpdir(), "ticketbench-perf-"));
  try {
    const bytes = await makeResults(dir, count);
    const reading = await secondsOf(() => readResults(dir));
    const [a, b] = [0.1, 0.11].map((loss, i) => simulate({ name: `method ${i}`, loss, questions: 25_994 }));
    const methods = Array.from({ length: 20 }, (_, i) => simulate({ name: `method ${i}`, loss: i / 100 }));
    const judging = a && b ? await secondsOf(() => verdict(a, b)) : Number.NaN;
    const ranking = await secondsOf(() => rankTies(methods));
    return [
      { name: "read and verify 10,000 results", value: reading, unit: "s", bar: 10, better: "lower" },
      { name: "one mini result", value: bytes, unit: "bytes", bar: 12_000, better: "lower" },
      { name: "verdict, 25,994 questions", value: judging * 1000, unit: "ms", bar: null, better: "lower" },
      { name: "rank 20 methods, 1,600 questions", value: ranking * 1000, unit: "ms", bar: null, better: "lower" },
    ];
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
