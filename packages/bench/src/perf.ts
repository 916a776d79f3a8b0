import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readResults } from "@ticketbench/results/node";
import program from "./cell/program.ts";
import { contentHash } from "./plan/canonical.ts";
import type { PlannedCell } from "./plan/cell.ts";
import { type Identities, planStudy } from "./plan/plan.ts";
import { readPlan, writePlan } from "./plan/plan-file.ts";
import { ResultFolder } from "./run/records.ts";
import { runPlan } from "./run/run-plan.ts";
import { Workspace } from "./run/workspace.ts";
import { parseStudy } from "./study/load.ts";

/** One line of `npm run perf`: a figure, what it is measured in, and the bar it is held to. */
export interface PerfRow {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly bar: number | null;
  readonly better: "higher" | "lower";
}

const CELLS = 100_000;

/** How fast the bench is: its planning and its start-up, and how much of a real cell's time is training. */
export async function perf(): Promise<PerfRow[]> {
  return [...(await planning()), helpStartup(), ...(await cells())];
}

/** Two dense networks and a ticket of mini-VQA, with the quickstart's network and recipe, as `ticketbench run` makes them. */
async function cells(): Promise<PerfRow[]> {
  const folder = mkdtempSync(join(tmpdir(), "ticketbench-perf-"));
  const study = parseStudy(
    {
      ...{ name: "perf", dataset: { kind: "mini-vqa" }, start: { kind: "random" } },
      model: { dropout: 0, initialDeviation: 0.07 },
      recipe: { epochs: 4, learningRate: 1e-3, optimiser: "adamw" },
      ...{ methods: ["magnitude"], sparsities: [0.5], seeds: [0, 1] },
    },
    "perf",
  );
  const plan = await planStudy(study, program.identities);
  const timed = async (place: string, jobs: number, asked: (cell: PlannedCell) => boolean): Promise<number> => {
    const workspace = new Workspace(join(folder, place));
    const planFile = workspace.planFile(study.name, plan.hash);
    await writePlan(planFile, plan);
    const started = performance.now();
    const end = await runPlan(plan, {
      ...{ planFile, workspace, jobs, asked, retryFailed: false, signal: new AbortController().signal },
      programUrl: new URL("./cell/program.ts", import.meta.url).href,
      results: new ResultFolder(join(folder, "results", place)),
      onEvent: () => undefined,
    });
    if (end.failed > 0) throw new Error(`a cell of the benchmark failed: see ${folder}`);
    return (performance.now() - started) / 1000;
  };
  const isDense = ({ kind }: PlannedCell): boolean => kind === "dense";
  const apart = await timed("apart", 1, isDense);
  const together = await timed("together", 2, isDense);
  const ticket = await timed("apart", 1, (cell) => cell.kind === "ticket" && cell.seed === 0);
  const share = await trainingShare(join(folder, "results", "apart"), ticket);
  rmSync(folder, { recursive: true });
  return [
    { name: "mini fine-tune, its process", value: apart / 2, unit: "s", bar: 10, better: "lower" },
    { name: "mini ticket, its process", value: ticket, unit: "s", bar: null, better: "lower" },
    { name: "training steps of a ticket's wall time", value: share, unit: "share", bar: 0.9, better: "higher" },
    { name: "two cells at once, against one by one", value: apart / together, unit: "x", bar: 1.8, better: "higher" },
  ];
}

/** Share of `seconds` that the retraining's steps took in the one ticket of a folder. */
async function trainingShare(folder: string, seconds: number): Promise<number> {
  const tickets = (await readResults(folder)).flatMap(({ result }) =>
    result.status === "done" && result.kind === "ticket" ? [result] : [],
  );
  const epochs = tickets.flatMap(({ training }) => training.flatMap((stage) => stage.epochs));
  return epochs.reduce((sum, epoch) => sum + epoch.seconds, 0) / seconds;
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
