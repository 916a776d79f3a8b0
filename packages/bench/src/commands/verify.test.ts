import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DoneResult } from "@ticketbench/results";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { contentHash } from "../plan/canonical.ts";
import { command, newFolder, PROGRAM, runArithmetic } from "../fixtures/arithmetic-run.ts";
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

  test("that say something else than the re-run are told, with exit code 1", async () => {
    const tickets = globSync(join(folder, "results", "*.json")).filter((file) => read(file).kind === "ticket");
    const file = tickets[0] as string;
    writeFileSync(file, JSON.stringify({ ...read(file), maskHash: "0".repeat(64) }));
    const { code, stdout } = await verify("--sample", "3");
    expect(code).toBe(1);
    expect(stdout).toMatch(/^DIFFERENT \w+ 50 % seed 0 of arithmetic: another mask$/m);
    expect(stdout.match(/^equal/gm)).toHaveLength(2);
  });

  test("that this code no longer makes are an error that says why", async () => {
    const other = newFolder();
    await runArithmetic(other, ["seeds=[0]", "sparsities=[0.5]", "methods=[]"]);
    const file = globSync(join(other, "results", "*.json"))[0] as string;
    const { study } = read(file);
    writeFileSync(
      file,
      JSON.stringify({ ...read(file), study: { ...study, resolved: { ...study.resolved, seeds: [9] } } }),
    );
    const { code, stderr } = await command(other, "verify", "results", "--program", PROGRAM);
    expect(code).toBe(2);
    expect(stderr).toMatch(/this code no longer makes that cell/);
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
