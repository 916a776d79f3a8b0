import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { DoneResult } from "@ticketbench/results";
import { readResults } from "@ticketbench/results/node";
import { afterAll, beforeAll, expect, test } from "vitest";

const CLI = fileURLToPath(new URL("../cli.ts", import.meta.url));
const STUDY = fileURLToPath(new URL("../../../../configs/ci.yaml", import.meta.url));

let folder: string;
let output: string;
let results: DoneResult[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ticketbench-study-"));
  const run = spawnSync(process.execPath, [CLI, "run", STUDY, "--work", folder], { encoding: "utf8" });
  if (run.status !== 0) throw new Error(`exit ${run.status}:\n${run.stdout}${run.stderr}`);
  output = run.stdout;
  const stored = await readResults(join(folder, "results", "ci"));
  results = stored.flatMap(({ result }) => (result.status === "done" ? [result] : []));
}, 600_000);

afterAll(() => rmSync(folder, { recursive: true }));

function retrained(method: string): number {
  return results.find((result) => result.method?.id === method)!.phases.retrained!.accuracy;
}

test("the dense network is far above what the questions alone give away", () => {
  const dense = results.find(({ kind }) => kind === "dense")!;
  expect(dense.phases.dense!.accuracy).toBeGreaterThan(dense.dataset.floors.questionPrior + 0.2);
});

test("at 50 % magnitude beats random, and random beats high magnitude", () => {
  expect(retrained("magnitude")).toBeGreaterThan(retrained("random") + 0.05);
  expect(retrained("random")).toBeGreaterThan(retrained("high-magnitude") + 0.05);
});

test("half of the prunable weights are gone, to the weight, and stay gone through training", () => {
  for (const { kind, measured, zeroMask, model } of results.filter((result) => result.kind === "ticket")) {
    expect(kind).toBe("ticket");
    expect(measured.prunable).toBe(0.5);
    expect(measured.total * model.parameters).toBeCloseTo(zeroMask!.asked, 3);
    expect(zeroMask!.zerosOnCheckpoint).toBe(zeroMask!.asked);
  }
});

test("the command ends with a table that fits 80 columns, the folder, and how to see the site", () => {
  const table = output.slice(output.indexOf(" method"));
  expect(
    Math.max(
      ...table
        .split("\n")
        .slice(0, 6)
        .map((line) => line.length),
    ),
  ).toBeLessThanOrEqual(80);
  expect(table).toContain("4 of 4 cells done");
  expect(table).toContain("npm run site -- --results");
});
