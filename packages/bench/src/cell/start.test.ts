import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { initialise, lxmertConfig } from "@ticketbench/model";
import { readSafetensorsHeader, writeSafetensors } from "@ticketbench/model/node";
import pino from "pino";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { exportStart, startLines } from "../commands/start.ts";
import { stoppedEvery } from "../fixtures/stopped-experiment.ts";
import { cellAt, type Plan, planStudy } from "../plan/plan.ts";
import type { CellEvent } from "../run/events.ts";
import { ResultFolder } from "../run/records.ts";
import { runCell } from "../run/run-cell.ts";
import { Workspace } from "../run/workspace.ts";
import { parseStudy } from "../study/load.ts";
import { openDataset } from "./datasets.ts";
import { describeNetwork } from "./network.ts";
import program from "./program.ts";

const STUDY = {
  name: "start",
  dataset: { kind: "mini-vqa", train: ["nominival"], selection: "minival", report: "pretrain" },
  model: { hidden: 16, heads: 2, intermediate: 32, layers: { language: 1, object: 1, cross: 1 }, dropout: 0.1 },
  start: { kind: "lxmert", split: "train", epochs: 1, questionEpochs: 1 },
  recipe: { epochs: 1, batchSize: 128, learningRate: 1e-3 },
  seeds: [0],
};

/** Makes the plan's start weights, as often stopped as it says. */
async function makeStart(plan: Plan, every: number): Promise<{ work: string; hash: string; stops: number }> {
  const folder = mkdtempSync(join(tmpdir(), "start-"));
  const workspace = new Workspace(join(folder, "work"));
  const cell = plan.cells[0]!;
  let stops = -1;
  let end: CellEvent;
  do {
    end = await runCell({
      ...{ plan, cell: cellAt(plan, cell), program: stoppedEvery(every), workspace },
      signal: new AbortController().signal,
      results: new ResultFolder(join(folder, "results")),
      log: pino({ level: "silent" }),
      emit: () => undefined,
    });
    stops++;
  } while (end.type === "interrupted");
  expect(end).toEqual({ type: "done", cell: cell.id });
  return { work: workspace.root, hash: (await workspace.store.links(cell.id)).get("weights")!, stops };
}

describe("start weights made with LXMERT's tasks", { timeout: 120_000 }, () => {
  let plan: Plan;
  let quiet: Awaited<ReturnType<typeof makeStart>>;

  beforeAll(async () => {
    plan = await planStudy(parseStudy(STUDY, "test"), program.identities);
    quiet = await makeStart(plan, Number.POSITIVE_INFINITY);
  });

  test("are the same, bit for bit, when their making is stopped every 25 steps", async () => {
    const stopped = await makeStart(plan, 25);
    expect(stopped.stops).toBeGreaterThan(3);
    expect(stopped.hash).toBe(quiet.hash);
  });

  test("say what masked words cost with the image and without", async () => {
    expect(await startLines(plan, new Workspace(quiet.work).store)).toEqual([
      expect.stringMatching(
        /^start weights: loss of masked words \d\.\d{3} with the image, \d\.\d{3} without \(\d+ sent/,
      ),
    ]);
  });

  test("become a file that brings its vocabulary, that a study starts from, and that can be checked", async () => {
    const folder = mkdtempSync(join(tmpdir(), "start-file-"));
    const [study, file] = [join(folder, "x.yaml"), join(folder, "start.safetensors")];
    writeFileSync(study, JSON.stringify(STUDY));
    const said = vi.spyOn(console, "log").mockImplementation(() => undefined);
    await exportStart(study, file, { work: quiet.work, type: "fp16" });
    await exportStart(study, file, { work: quiet.work, type: "fp16", check: true });
    expect(said.mock.calls.at(-1)?.[0]).toMatch(/is what the study makes: sha256 [0-9a-f]{64}$/);
    said.mockRestore();
    expect(process.exitCode).toBeUndefined();

    const settings = { ...plan.trainings[0]!.settings, start: { kind: "checkpoint" as const, file } };
    const dataset = await openDataset(settings.dataset);
    const { vocabulary } = await describeNetwork(settings, dataset);
    expect(vocabulary).toEqual((await readSafetensorsHeader(file)).metadata.get("vocabulary")?.split("\n"));
    expect(vocabulary).toEqual((await describeNetwork(plan.trainings[0]!.settings, dataset)).vocabulary);
  });

  test("with answers of another dataset are refused by name", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "start-")), "other.safetensors");
    const weights = initialise(lxmertConfig({ hidden: 8, heads: 2, intermediate: 8, vocabulary: 64, answers: 2 }), 0);
    await writeSafetensors(file, weights, { metadata: new Map([["answers", "yes\nno"]]) });
    const settings = { ...plan.trainings[0]!.settings, start: { kind: "checkpoint" as const, file } };
    const dataset = await openDataset(settings.dataset);
    await expect(describeNetwork(settings, dataset)).rejects.toThrow(/^start.file: the answers of .* are not those of/);
  });
});

test("the committed start weights are the ones its study's page names, at most 1 MB", () => {
  const bytes = readFileSync(
    fileURLToPath(new URL("../../../../configs/starts/mini-vqa.safetensors", import.meta.url)),
  );
  const readme = readFileSync(fileURLToPath(new URL("../../../../configs/starts/README.md", import.meta.url)), "utf8");
  expect(bytes.length).toBeLessThanOrEqual(1_000_000);
  expect(readme).toContain(createHash("sha256").update(bytes).digest("hex"));
});
