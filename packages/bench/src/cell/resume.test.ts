import { join } from "node:path";
import type { DoneResult } from "@ticketbench/results";
import pino from "pino";
import { describe, expect, test } from "vitest";
import { newFolder, storedResults } from "../fixtures/arithmetic-run.ts";
import { stoppedEvery } from "../fixtures/stopped-experiment.ts";
import { cellAt, type Plan, planStudy } from "../plan/plan.ts";
import type { CellEvent } from "../run/events.ts";
import { ResultFolder } from "../run/records.ts";
import { runCell } from "../run/run-cell.ts";
import { Workspace } from "../run/workspace.ts";
import { parseStudy } from "../study/load.ts";
import program from "./program.ts";

const STUDY = {
  name: "resume",
  dataset: { kind: "mini-vqa", train: ["nominival"], selection: null },
  model: { hidden: 16, heads: 2, intermediate: 32, layers: { language: 1, object: 1, cross: 1 }, dropout: 0.1 },
  start: { kind: "random" },
  recipe: { epochs: 4, batchSize: 64, learningRate: 1e-3 },
  ...{ methods: ["magnitude"], sparsities: [0.5], seeds: [3] },
};

/** Runs dense network and ticket, each as often as it takes; returns the results and how often each was stopped. */
async function runAll(plan: Plan, every: number): Promise<{ results: DoneResult[]; stops: number }> {
  const folder = newFolder();
  const signal = new AbortController().signal;
  let stops = 0;
  for (const cell of plan.cells) {
    let end: CellEvent;
    do {
      end = await runCell({
        ...{ plan, cell: cellAt(plan, cell), program: stoppedEvery(every), signal },
        workspace: new Workspace(join(folder, "work")),
        results: new ResultFolder(join(folder, "results")),
        log: pino({ level: "silent" }),
        emit: () => undefined,
      });
      if (end.type === "interrupted") stops++;
    } while (end.type === "interrupted");
    expect(end).toMatchObject({ type: "done" });
  }
  return { results: (await storedResults(folder)).filter((result) => result.status === "done"), stops };
}

/** All of a result that a stop must not change: everything but times and memory. */
function timeless({ createdAt: _at, cost, latency, training, ...rest }: DoneResult): unknown {
  const history = training.map((stage) => ({
    ...stage,
    epochs: stage.epochs.map((epoch) => ({ ...epoch, seconds: 0 })),
  }));
  expect(latency?.repeats).toBeGreaterThan(0);
  return { ...rest, training: history, flops: cost.trainingFlops };
}

describe("an experiment that is stopped and goes on", { timeout: 180_000 }, () => {
  // Four epochs of seven steps: a stop in the middle of epochs, and one at the end of each.
  test.each([5, 7])("every %i steps gives the mask, scores, answers and history of one that was not", async (every) => {
    const plan = await planStudy(parseStudy(STUDY, "test"), program.identities);
    const quiet = await runAll(plan, Number.POSITIVE_INFINITY);
    const stopped = await runAll(plan, every);
    expect(quiet.stops).toBe(0);
    expect(stopped.stops).toBeGreaterThan(6);
    expect(stopped.results.map(timeless)).toEqual(quiet.results.map(timeless));
  });
});
