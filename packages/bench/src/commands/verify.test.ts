import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type DoneResult, packScores } from "@ticketbench/results";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { contentHash } from "../plan/canonical.ts";
import { command, type CommandEnd, newFolder, PROGRAM, runArithmetic } from "../fixtures/arithmetic-run.ts";
import { drawResults } from "./verify.ts";

// Processes are started by the dozen: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 180_000 });

describe("published results", () => {
  const folder = newFolder();
  const verify = (...words: string[]) => command(folder, "verify", "results", "--program", PROGRAM, ...words);

  beforeAll(async () => {
    await runArithmetic(folder, ["seeds=[0]", "sparsities=[0.5]"]);
  });

  test("are run again from nothing and found equal", async () => {
    const { code, stdout } = await verify("--sample", "2");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^verifying 2 of 3 results, drawn with --seed [0-9a-f]{8}$/m);
    expect(stdout.match(/^equal {5}/gm)).toHaveLength(2);
    expect(globSync(join(folder, ".ticketbench", "verify-*"))).toEqual([]);
  });

  /** Changes one published ticket, verifies all, and returns what was said; the ticket is as before afterwards. */
  async function tampered(change: (result: DoneResult) => unknown): Promise<CommandEnd> {
    const file = globSync(join(folder, "results", "*.json")).filter(
      (each) => read(each).kind === "ticket",
    )[0] as string;
    const honest = readFileSync(file, "utf8");
    writeFileSync(file, JSON.stringify(change(read(file))));
    try {
      return await verify("--sample", "3", "--seed", "1");
    } finally {
      writeFileSync(file, honest);
    }
  }

  test("a swapped mask is found", async () => {
    const { code, stdout } = await tampered((result) => ({ ...result, maskHash: "0".repeat(64) }));
    expect(stdout).toMatch(/^DIFFERENT \w+ 50 % seed 0 of arithmetic\n +another mask: 0{16} published, \w{16} now$/m);
    expect(stdout.match(/^equal/gm)).toHaveLength(2);
    expect(code).toBe(1);
  });

  test("a tampered accuracy is found before anything runs: its scores do not give it", async () => {
    const { code, stderr } = await tampered((result) => {
      const dense = { ...result.phases.dense, accuracy: 0.99 };
      return { ...result, phases: { ...result.phases, dense } };
    });
    expect(stderr).toMatch(/phases\.dense\.accuracy/);
    expect(code).toBe(2);
  });

  test("an accuracy that was tampered with along with its scores is found by the re-run", async () => {
    const { code, stdout } = await tampered((result) => {
      const scores = packScores(Array.from({ length: 40 }, () => 1));
      const retrained = { ...result.phases.retrained, accuracy: 1, byAnswerType: {}, scores };
      return { ...result, phases: { ...result.phases, retrained } };
    });
    expect(stdout).toMatch(/^DIFFERENT .*\n +retrained: 100\.00 % published, \d+\.\d\d % now, \d+ questions changed$/m);
    expect(code).toBe(1);
  });

  test("an edited seed is found by the cell's id", async () => {
    const { code, stdout } = await tampered((result) => ({ ...result, seed: 7 }));
    expect(stdout).toMatch(/^DIFFERENT .*\n +seed 7; by its id it is 0$/m);
    expect(code).toBe(1);
  });

  test("a method's version that is not today's is found", async () => {
    const stale = "a".repeat(64);
    const { code, stdout } = await tampered((result) => ({ ...result, method: { ...result.method, version: stale } }));
    expect(stdout).toMatch(/^DIFFERENT .*\n +method version a{16}; by its id it is \w{16}$/m);
    expect(code).toBe(1);
  });

  test("a result that today's code no longer makes is told as stale, and the others are verified", async () => {
    const { code, stdout } = await tampered((result) => {
      const resolved = { ...result.study.resolved, seeds: [9] };
      return { ...result, study: { ...result.study, resolved } };
    });
    expect(stdout).toMatch(
      /^STALE .*\n +no cell of its study has its id\n +the study that it says it is of has no such cell$/m,
    );
    expect(stdout.match(/^equal/gm)).toHaveLength(2);
    expect(code).toBe(1);
  });

  test("what a stale result was made from is named beside what it would be made from today", async () => {
    const other = (result: DoneResult) => ({
      ...result.study,
      resolved: { ...result.study.resolved, recipe: { ...(result.study.resolved["recipe"] as object), epochs: 7 } },
    });
    const { stdout } = await tampered((result) => ({
      ...result,
      study: other(result),
      method: { ...result.method, version: "a".repeat(64) },
    }));
    expect(stdout).toMatch(/^STALE .*\n.*\n +method version a{16} then, \w{16} today$/m);
    const hidden = await tampered((result) => ({ ...result, study: other(result) }));
    expect(hidden.stdout).toMatch(/^STALE .*\n.*\n +its recipe, its start weights, or code/m);
    expect(hidden.stdout).toMatch(/^ +cell [0-9a-f]{64}$/m);
    for (const line of stdout.split("\n").slice(1, -2)) expect(line.length).toBeLessThanOrEqual(80);
  });

  test("a result of another machine may differ by noise, and not by more", async () => {
    const elsewhere = (result: DoneResult) => ({ ...result, hardware: { ...result.hardware, cpu: "Abacus 1" } });
    const within = await tampered(elsewhere);
    expect(within.stdout).toMatch(/^within .* noise: made elsewhere$/m);
    expect(within.code).toBe(0);
    const beyond = await tampered((result) => {
      const scores = packScores(Array.from({ length: 40 }, () => 1));
      const retrained = { ...result.phases.retrained, accuracy: 1, byAnswerType: {}, scores };
      return { ...elsewhere(result), phases: { ...result.phases, retrained } };
    });
    expect(beyond.stdout).toMatch(/^DIFFERENT .*\n +retrained: -?\d+\.\d+ points, noise is 2\.00$/m);
    expect(beyond.stdout).toMatch(/^ +processor {4}Abacus 1 {2,}\S/m);
    expect(beyond.code).toBe(1);
  });
});

test("a seed names the draw, whatever the order of the results", () => {
  const results = Array.from(
    { length: 40 },
    (_, i) => ({ id: contentHash(i), status: "done", track: "mini" }) as DoneResult,
  );
  const drawn = (seed: string, from = results) => drawResults(from, "mini", 3, seed).map(({ id }) => id);
  expect(drawn("7")).toHaveLength(3);
  expect(drawn("7", results.toReversed())).toEqual(drawn("7"));
  expect(drawn("8")).not.toEqual(drawn("7"));
  expect(drawResults(results, "full", 3, "7")).toEqual([]);
});

function read(file: string): DoneResult {
  return JSON.parse(readFileSync(file, "utf8")) as DoneResult;
}
