import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test, vi } from "vitest";
import program from "../fixtures/arithmetic-program.ts";
import { planStudy } from "../plan/plan.ts";
import { loadStudy } from "../study/load.ts";
import { inShard } from "../plan/shard.ts";
import { newFolder, outcomes, runArithmetic, STUDY } from "../fixtures/arithmetic-run.ts";

// Processes are started by the dozen: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 180_000 });

const resultFiles = (folder: string): string[] => readdirSync(join(folder, "results")).sort();
const started = (events: readonly { type: string }[]): number => events.filter(({ type }) => type === "started").length;

describe("a run", () => {
  const folder = newFolder();
  let undisturbed: Map<string, unknown>;

  beforeAll(async () => {
    const { end, events } = await runArithmetic(folder);
    expect(end).toEqual({ done: 11, failed: 0, blocked: 0, left: 0 });
    expect(started(events)).toBe(11);
    undisturbed = await outcomes(folder);
  });

  test("leaves one verified result for every dense network and ticket, a log of each cell and no checkpoints", () => {
    expect(undisturbed.size).toBe(10);
    expect(readdirSync(join(folder, "work", "checkpoints"))).toEqual([]);
    const logs = readdirSync(join(folder, "work", "logs")).filter((name) => name.endsWith(".jsonl"));
    expect(logs).toHaveLength(11);
    for (const line of readFileSync(join(folder, "work", "logs", logs[0] as string), "utf8")
      .trim()
      .split("\n")) {
      expect(JSON.parse(line)).toHaveProperty("msg");
    }
  });

  test("makes dense networks before the tickets that need them", async () => {
    const { events } = await runArithmetic(newFolder(), ["seeds=[3]", "methods=[magnitude]"], { jobs: 4 });
    const order = events.flatMap((event) =>
      event.type === "started" || event.type === "done" ? [`${event.type}`] : [],
    );
    expect(order.slice(0, 4)).toEqual(["started", "done", "started", "done"]);
  });

  test("does nothing when all is done and verified", async () => {
    const { end, events } = await runArithmetic(folder);
    expect(end.done).toBe(11);
    expect(started(events)).toBe(0);
  });

  test("makes a missing result again, and the artifacts it needs when the store has lost them, to the same bytes", async () => {
    const ticket = [...undisturbed].find(([, result]) => (result as { kind: string }).kind === "ticket")?.[0] as string;
    rmSync(join(folder, "results", ticket));
    rmSync(join(folder, "work", "store"), { recursive: true });
    const { events } = await runArithmetic(folder);
    expect(started(events)).toBe(3);
    expect(await outcomes(folder)).toEqual(undisturbed);
  });

  test("puts a damaged result aside, says so and makes it again", async () => {
    const name = resultFiles(folder)[0] as string;
    writeFileSync(join(folder, "results", name), readFileSync(join(folder, "results", name)).subarray(0, 200));
    const { events } = await runArithmetic(folder);
    expect(events.find((event) => event.type === "damaged")).toMatchObject({ cell: name.slice(0, -5) });
    expect(await outcomes(folder)).toEqual(undisturbed);
    expect(resultFiles(folder).filter((each) => each.includes("damaged"))).toHaveLength(1);
  });

  test("adds only what is new when the study grows", async () => {
    const { end, events } = await runArithmetic(folder, ["seeds=[0, 1, 2]"]);
    expect(end.done).toBe(16);
    expect(started(events)).toBe(5);
  });
});

describe("a cell that fails", () => {
  test.each([
    ["throws", "error", /always throws/],
    ["diverges", "diverged", /NaN at step 7/],
    ["allocates", "out-of-memory", /allocation failed/],
    ["exits", "error", /exit code 9/],
    ["aborts", "out-of-memory", /SIGABRT/],
  ])("%s is a result with its reason and log; the others go on", async (method, reason, message) => {
    const folder = newFolder();
    const words = [`methods=[magnitude, ${method}]`, "sparsities=[0.5]", "seeds=[0]"];
    const { end } = await runArithmetic(folder, words);
    expect(end).toEqual({ done: 3, failed: 1, blocked: 0, left: 0 });
    const failed = [...(await outcomes(folder)).values()].filter(
      (each) => (each as { status: string }).status === "failed",
    );
    expect(failed).toMatchObject([{ failure: { reason, message: expect.stringMatching(message) as string } }]);
    expect(JSON.stringify(failed)).toContain("cell starts");

    const again = await runArithmetic(folder, words);
    expect(again.end.failed).toBe(1);
    expect(started(again.events)).toBe(0);
    const retried = await runArithmetic(folder, words, { retryFailed: true });
    expect(started(retried.events)).toBe(method === "aborts" ? 3 : 1);
    expect(resultFiles(folder).filter((name) => name.endsWith(".2.json"))).toHaveLength(1);
  });

  test("by taking too long is stopped and recorded", async () => {
    const folder = newFolder();
    const { end } = await runArithmetic(folder, ["methods=[waits]", "sparsities=[0.5]", "seeds=[0]", "timeout=0.05"]);
    expect(end).toMatchObject({ done: 2, failed: 1 });
    expect(JSON.stringify([...(await outcomes(folder)).values()])).toContain("took longer than 0.05 minutes");
  });

  test("holds back those that need it", async () => {
    const { end } = await runArithmetic(newFolder(), ["timeout=0.000001"]);
    expect(end).toEqual({ done: 0, failed: 1, blocked: 10, left: 0 });
  });
});

test("shards of a study, each run on its own, make every result once", async () => {
  const folder = newFolder();
  const parts = [1, 2, 3].map((index) => inShard({ index, count: 3 }));
  for (const asked of parts) expect((await runArithmetic(folder, [], { asked })).end.left).toBe(0);
  expect((await outcomes(folder)).size).toBe(10);
  const alone = await runArithmetic(newFolder(), [], { asked: inShard({ index: 2, count: 3 }) });
  expect(alone.end.done).toBeLessThan(11);
  expect((await runArithmetic(folder)).events.filter(({ type }) => type === "started")).toEqual([]);
});

test("a cell run alone is blocked where what it needs is missing, and runs where it is there", async () => {
  const folder = newFolder();
  const { cells } = await planStudy(loadStudy(STUDY), program.identities);
  const alone = async (kind: string) =>
    (await runArithmetic(folder, [], { only: cells.find((cell) => cell.kind === kind) })).end;
  expect(await alone("dense")).toEqual({ done: 0, failed: 0, blocked: 1, left: 0 });
  for (const kind of ["start", "dense", "ticket"]) {
    expect(await alone(kind)).toEqual({ done: 1, failed: 0, blocked: 0, left: 0 });
  }
  expect((await outcomes(folder)).size).toBe(2);
});

test("a run that is asked to stop saves checkpoints, and goes on from them to the same results", async () => {
  const folder = newFolder();
  const words = ["recipe.epochs=200", "methods=[magnitude]", "sparsities=[0.5]", "seeds=[0, 1]"];
  const stop = new AbortController();
  const { end, events } = await runArithmetic(folder, words, {
    signal: stop.signal,
    onEvent: (event) => event.type === "progress" && event.phase === "dense" && stop.abort(),
  });
  expect(events).toEqual([]);
  expect(end.left).toBeGreaterThan(0);
  expect(readdirSync(join(folder, "work", "checkpoints")).length).toBeGreaterThan(0);
  expect((await runArithmetic(folder, words)).end).toMatchObject({ done: 5, left: 0 });
  const quiet = newFolder();
  await runArithmetic(quiet, words);
  expect(await outcomes(folder)).toEqual(await outcomes(quiet));
});
