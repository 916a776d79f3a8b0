import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { PerfRow } from "@ticketbench/model/perf";
import { cellRows } from "./perf-cells.ts";
import { contentHash } from "./plan/canonical.ts";
import { type Identities, planStudy } from "./plan/plan.ts";
import { readPlan, writePlan } from "./plan/plan-file.ts";
import { parseStudy } from "./study/load.ts";

export { FINE_TUNE, gridRows } from "./perf-cells.ts";

const CELLS = 100_000;

/** How fast the bench is: its planning and its start-up, and how much of a real cell's time is training. */
export async function perf(): Promise<PerfRow[]> {
  return [...(await planning()), helpStartup(), ...(await cellRows())];
}

/** A study of 100,000 cells, from YAML values to a frozen file and back. */
async function planning(): Promise<PerfRow[]> {
  const folder = mkdtempSync(join(tmpdir(), "ticketbench-perf-"));
  const study = parseStudy(
    {
      ...{ name: "large", dataset: { kind: "mini-vqa" }, start: { kind: "random" } },
      methods: Array.from({ length: 10 }, (_, i) => `method-${i}`),
      sparsities: Array.from({ length: 100 }, (_, i) => i / 100),
      seeds: Array.from({ length: CELLS / 1000 }, (_, i) => i),
    },
    "perf",
  );
  const started = performance.now();
  const plan = await planStudy(study, IDENTITIES);
  const planned = performance.now();
  await writePlan(join(folder, "plan.json"), plan);
  const read = performance.now();
  const back = readPlan(join(folder, "plan.json"));
  const ended = performance.now();
  rmSync(folder, { recursive: true });
  if (back.cells.length < CELLS) throw new Error(`planned ${back.cells.length} cells`);
  return [
    { name: "plan 100,000 cells", value: (planned - started) / 1000, unit: "s", bar: 5, better: "lower" },
    { name: "read a plan of 100,000 cells", value: (ended - read) / 1000, unit: "s", bar: null, better: "lower" },
    {
      name: "most memory of that process",
      value: process.resourceUsage().maxRSS / 1e6,
      unit: "GB",
      bar: 1,
      better: "lower",
    },
  ];
}

/** The best of five, since what is asked is what the program takes and not what else the machine does. */
function helpStartup(): PerfRow {
  const cli = fileURLToPath(new URL("./cli.ts", import.meta.url));
  const seconds = Array.from({ length: 5 }, () => {
    const started = performance.now();
    execFileSync(process.execPath, [cli, "--help"], { stdio: "ignore" });
    return (performance.now() - started) / 1000;
  });
  return { name: "ticketbench --help", value: Math.min(...seconds), unit: "s", bar: 0.3, better: "lower" };
}

const IDENTITIES: Identities = {
  dataset: () => Promise.resolve(contentHash("data")),
  checkpoint: () => Promise.resolve(contentHash("start")),
  method: (choice) => Promise.resolve({ title: choice.id, version: contentHash(choice.id), params: {} }),
  engine: () => Promise.resolve({ name: "wasm", version: "1", arithmetic: "float32" }),
};
