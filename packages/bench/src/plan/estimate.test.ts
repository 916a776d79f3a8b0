import { beforeAll, describe, expect, test, vi } from "vitest";
import type { Result } from "@ticketbench/results";
import { newFolder, runArithmetic, storedResults } from "../fixtures/arithmetic-run.ts";
import program from "../fixtures/arithmetic-program.ts";
import { STUDY } from "../fixtures/arithmetic-run.ts";
import { loadStudy } from "../study/load.ts";
import { estimateCells, priceOf } from "./estimate.ts";
import { type Plan, planStudy } from "./plan.ts";

// Processes are started by the dozen: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 180_000 });

describe("the estimate of a plan", () => {
  let plan: Plan;
  let past: Result[];

  beforeAll(async () => {
    const folder = newFolder();
    await runArithmetic(folder, ["seeds=[0]", "sparsities=[0.5]"]);
    past = await storedResults(folder);
    plan = await planStudy(loadStudy(STUDY), program.identities);
  });

  test("takes what finished cells with the same settings took", async () => {
    const estimate = await estimateCells(plan, plan.cells, past, null);
    expect(estimate).toMatchObject({ seconds: 10, each: { start: null, dense: 1, ticket: 1 }, unknown: 1 });
    expect(estimate.basis).toContain("past results");
  });

  test("of other settings divides the operations by the rate of past results, or of a calibration", async () => {
    const other = await planStudy(loadStudy(STUDY, ["recipe.epochs=9"]), program.identities);
    const workload = { flops: () => Promise.resolve(30), flopsPerSecond: () => Promise.resolve(10) };
    expect((await estimateCells(other, other.cells, past, null)).unknown).toBe(11);
    // A past result of the fixture has 1 operation in 1 second.
    expect(await estimateCells(other, other.cells, past, workload)).toMatchObject({ seconds: 330, unknown: 0 });
    expect(await estimateCells(other, other.cells, [], workload)).toMatchObject({ seconds: 33, unknown: 0 });
  });
});

test("energy and money follow from the study's prices, and are not made up without", () => {
  expect(priceOf(10, true, { currency: "EUR", gpuHour: 2, watts: 500, kilowattHour: 0.3 })).toEqual({
    energy: 5,
    money: 21.5,
  });
  expect(priceOf(10, false, { currency: "EUR", gpuHour: 2 })).toEqual({ energy: null, money: null });
  expect(priceOf(10, false, undefined)).toEqual({ energy: null, money: null });
});
