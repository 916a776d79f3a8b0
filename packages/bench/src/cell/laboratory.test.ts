import type { CellContext } from "../run/program.ts";
import pino from "pino";
import { expect, test, vi } from "vitest";
import { initialise } from "@ticketbench/model";
import { newFolder } from "../fixtures/arithmetic-run.ts";
import { planStudy } from "../plan/plan.ts";
import { CheckpointFolder } from "../run/checkpoints.ts";
import { parseStudy } from "../study/load.ts";
import { Laboratory } from "./laboratory.ts";
import program from "./program.ts";

const STUDY = parseStudy(
  {
    name: "laboratory",
    dataset: { kind: "mini-vqa", train: ["nominival"], selection: null },
    model: { hidden: 16, heads: 2, intermediate: 32, layers: { language: 1, object: 1, cross: 1 } },
    start: { kind: "random" },
    seeds: [0],
  },
  "test",
);

function quietContext(): CellContext {
  return {
    ...{ report: () => undefined, signal: new AbortController().signal, breathe: () => Promise.resolve() },
    checkpoints: new CheckpointFolder(newFolder(), () => undefined),
    keep: () => Promise.resolve(""),
    artifact: () => Promise.reject(new Error("no artifact")),
    publishCard: () => Promise.resolve(),
    log: pino({ level: "silent" }),
  };
}

test("a method's calibration reads images of the training splits, and of no other", async () => {
  const plan = await planStudy(STUDY, program.identities);
  const lab = await Laboratory.open(plan.trainings[0]!, quietContext());
  const trained = new Set(lab.dataset.split("nominival").questions.map(({ imageId }) => imageId));
  const read = vi.spyOn(lab.dataset, "fillRegions");
  const weights = initialise(lab.network.config, 0);
  const gradients = await lab.withCalibration(weights, 0, (calibration) => calibration.gradients(weights));
  expect(gradients.size).toBe(weights.size);
  expect(read.mock.calls.length).toBeGreaterThan(100);
  expect(read.mock.calls.filter(([image]) => !trained.has(image))).toEqual([]);
});
