/** How long real cells take, run as `ticketbench run` runs them: for `npm run perf -- bench` and `-- grid`. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { generateMiniVqa } from "@ticketbench/data-vqa";
import type { PerfRow } from "@ticketbench/model/perf";
import type { DoneResult } from "@ticketbench/results";
import { readResults } from "@ticketbench/results/node";
import program from "./cell/program.ts";
import type { PlannedCell } from "./plan/cell.ts";
import { planStudy } from "./plan/plan.ts";
import { writePlan } from "./plan/plan-file.ts";
import { ResultFolder } from "./run/records.ts";
import { runPlan } from "./run/run-plan.ts";
import { Workspace } from "./run/workspace.ts";
import { loadStudy, parseStudy } from "./study/load.ts";
import type { Study } from "./study/study.ts";
import { PlainView } from "./view/plain-view.ts";

interface TimedRun {
  readonly seconds: number;
  /** Everything that is done in the place of the run. */
  readonly results: readonly DoneResult[];
}

interface RunRequest {
  /** Runs in one place find what those before them left there. */
  readonly place: string;
  readonly jobs: number;
  readonly asked?: (cell: PlannedCell) => boolean;
  readonly isTold?: boolean;
}

/** Name of the row that PyTorch is compared with. */
export const FINE_TUNE = "mini fine-tune, its process";

/**
 * Dense networks and a ticket of mini-VQA, with the quickstart's network and recipe. All run in one place, where the
 * first has left its compiled code to the others, as in a grid.
 */
export async function cellRows(): Promise<PerfRow[]> {
  const study = parseStudy(
    {
      ...{ name: "perf", dataset: { kind: "mini-vqa" }, start: { kind: "random" } },
      model: { dropout: 0, initialDeviation: 0.07 },
      recipe: { epochs: 4, learningRate: 1e-3, optimiser: "adamw" },
      ...{ methods: ["magnitude"], sparsities: [0.5], seeds: [0, 1, 2, 3, 4, 5, 6, 7] },
    },
    "perf",
  );
  const dense = (...seeds: readonly number[]): RunRequest => ({
    ...{ place: "cells", jobs: seeds.length },
    asked: (cell) => cell.kind === "dense" && seeds.includes(cell.seed),
  });
  const ticket: RunRequest = {
    ...{ place: "cells", jobs: 1 },
    asked: (cell) => cell.kind === "ticket" && cell.seed === 0,
  };
  const requests = [dense(0), dense(1), dense(2, 3), dense(4), dense(5, 6), dense(7), ticket];
  const [, first, pair, second, pairAgain, third, pruned] = await timedRuns(study, requests);
  // The best of each: what is asked is what the program takes, and neighbours on the machine only slow it.
  const best = (...runs: readonly (TimedRun | undefined)[]): number =>
    Math.min(...runs.map((run) => run?.seconds ?? Number.NaN));
  const one = best(first, second, third);
  const two = best(pair, pairAgain);
  const { steps, engine, arithmetic } = sharesOf(pruned);
  return [
    { name: FINE_TUNE, value: one, unit: "s", bar: 10, better: "lower" },
    { name: "mini ticket, its process", value: best(pruned), unit: "s", bar: null, better: "lower" },
    { name: "training steps of a ticket's wall time", value: steps, unit: "share", bar: 0.9, better: "higher" },
    { name: "training steps of its arithmetic", value: arithmetic, unit: "share", bar: null, better: "higher" },
    { name: "training and answering of its wall time", value: engine, unit: "share", bar: null, better: "higher" },
    { name: "two cells at once, against one by one", value: (2 * one) / two, unit: "x", bar: 1.8, better: "higher" },
  ];
}

/** The protocol's grid on two cores: three methods, 10 to 90 %, three seeds, and a dense fine-tune a seed. */
export async function gridRows(): Promise<PerfRow[]> {
  const file = fileURLToPath(new URL("../../../configs/mini-grid.yaml", import.meta.url));
  const study = loadStudy(file, ["sparsities=[0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9]"]);
  const [grid] = await timedRuns(study, [{ place: "grid", jobs: 2, isTold: true }]);
  if (grid === undefined) throw new Error("the run is missing");
  const cells = grid.results.length;
  return [
    {
      name: `mini-grid, ${cells} cells, two at a time`,
      value: grid.seconds / 60,
      unit: "min",
      bar: 15,
      better: "lower",
    },
    { name: "core-seconds a cell", value: (2 * grid.seconds) / cells, unit: "s", bar: null, better: "lower" },
  ];
}

/** Runs some of a study's cells, one request after the other, in a folder that is gone afterwards. */
async function timedRuns(study: Study, requests: readonly RunRequest[]): Promise<TimedRun[]> {
  const folder = mkdtempSync(join(tmpdir(), "ticketbench-perf-"));
  const plan = await planStudy(study, program.identities);
  const runs: TimedRun[] = [];
  for (const { place, jobs, asked, isTold = false } of requests) {
    const workspace = new Workspace(join(folder, place));
    const planFile = workspace.planFile(study.name, plan.hash);
    await writePlan(planFile, plan);
    const results = new ResultFolder(join(folder, "results", place));
    const view = new PlainView(plan, process.stderr);
    const started = performance.now();
    const end = await runPlan(plan, {
      ...{ planFile, workspace, results, jobs, asked, retryFailed: false, signal: new AbortController().signal },
      programUrl: new URL("./cell/program.ts", import.meta.url).href,
      onEvent: (event) => (isTold ? view.see(event) : undefined),
    });
    const seconds = (performance.now() - started) / 1000;
    if (end.failed > 0) throw new Error(`a cell of the benchmark failed: see ${folder}`);
    const all = await readResults(results.folder);
    runs.push({ seconds, results: all.flatMap(({ result }) => (result.status === "done" ? [result] : [])) });
  }
  rmSync(folder, { recursive: true });
  return runs;
}

/**
 * What of a ticket went into the retraining's steps and into evaluations. The arithmetic's share is what the steps would
 * take of a program that did nothing else and encoded the text of every question anew.
 */
function sharesOf(run: TimedRun | undefined): { steps: number; engine: number; arithmetic: number } {
  const ticket = run?.results.find(({ kind }) => kind === "ticket");
  if (run === undefined || ticket === undefined) throw new Error("the ticket left no result");
  const epochs = ticket.training.flatMap(({ epochs }) => epochs);
  const steps = epochs.reduce((sum, epoch) => sum + epoch.seconds, 0);
  const stages = Object.entries(ticket.cost.seconds);
  const engine = stages.reduce((sum, [stage, taken]) => (/^evaluate|^retrained$/.test(stage) ? sum + taken : sum), 0);
  const training = ticket.cost.trainingFlops;
  const answering = (ticket.flops?.dense ?? Number.NaN) * questionsAnswered(ticket, epochs.length);
  return { steps: steps / run.seconds, engine: engine / run.seconds, arithmetic: training / (training + answering) };
}

/** By its evaluations: the reported split pruned, rewound and retrained, the selection split after each epoch. */
function questionsAnswered({ phases, dataset }: DoneResult, epochs: number): number {
  const ownPhases = Object.keys(phases).filter((phase) => phase !== "dense").length;
  const selection = generateMiniVqa().split(dataset.selectionSplit as string).questions.length;
  return ownPhases * dataset.questions + epochs * selection;
}
