import { spawnSync } from "node:child_process";
import { linkSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

function ticketbench(...words: string[]) {
  return spawnSync(process.execPath, [CLI, ...words, "--work", folder], { cwd: folder, encoding: "utf8" });
}

test("a ticket's mask is written as a file, is known again as its own, and no other is taken for it", () => {
  const [one, other] = results.filter(({ method }) => method?.id === "magnitude" || method?.id === "random");
  expect(ticketbench("mask", "export", one!.id, "one.mask")).toMatchObject({ status: 0, stderr: "" });
  const own = ticketbench("mask", "show", "one.mask", "--result", one!.id);
  expect(own).toMatchObject({ status: 0, stdout: expect.stringContaining(`it is the mask of ${one!.id}`) as string });
  expect(own.stdout).toMatch(/^prunable +327,680 +163,840 +50.00$/m);
  expect(ticketbench("mask", "show", "one.mask", "--result", other!.id).status).toBe(1);
  const dense = results.find(({ kind }) => kind === "dense")!;
  expect(ticketbench("mask", "export", dense.id, "none.mask")).toMatchObject({ status: 2 });
  writeFileSync(join(folder, "cut.mask"), readFileSync(join(folder, "one.mask")).subarray(0, 3000));
  const cut = ticketbench("mask", "show", "cut.mask", "--result", one!.id);
  expect(cut).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/^error: mask file cut.mask: .+\n$/) as string,
  });
});

test("what a network answered is written as EvalAI takes it, and the official evaluator gives its accuracy again", () => {
  const { id, phases } = results.find(({ method }) => method?.id === "magnitude")!;
  writeFileSync(join(folder, "p.json"), "[]");
  linkSync(join(folder, "p.json"), join(folder, "held.json"));
  expect(ticketbench("results", "predictions", id, "--to", "p.json")).toMatchObject({ status: 0, stderr: "" });
  // A reader that has the old file open keeps it whole: the new one takes its name when it is complete.
  expect(readFileSync(join(folder, "held.json"), "utf8")).toBe("[]");
  expect(ticketbench("results", "predictions", id, "--phase", "tuned")).toMatchObject({ status: 2 });
  const run = (...words: string[]) => spawnSync(process.execPath, [CLI, ...words], { cwd: folder, encoding: "utf8" });
  run("data", "generate", "mini-vqa", "--splits", "minival", "--out", "mini");
  const files = ["--questions", "mini/v2_OpenEnded_mscoco_minival_questions.json"];
  files.push("--annotations", "mini/v2_mscoco_minival_annotations.json", "--predictions", "p.json");
  const report = JSON.parse(run("data", "evaluate", ...files, "--json").stdout) as { overall: number };
  expect(report.overall / 100).toBeCloseTo(phases.retrained!.accuracy, 4);
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
