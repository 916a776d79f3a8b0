import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { PerfRow } from "./perf/row.ts";

function perf(...words: string[]) {
  return spawnSync(process.execPath, [join(import.meta.dirname, "perf.ts"), ...words], { encoding: "utf8" });
}

test("the engine benchmark runs, prints a table and writes its rows", { timeout: 120_000 }, () => {
  const file = join(mkdtempSync(join(tmpdir(), "perf-")), "rows.json");
  const { status, stdout, stderr } = perf("engine", "--quick", "--json", file);
  expect(status, stderr).toBe(0);
  expect(stdout).toMatch(/mini step: kernel calls +\d+ calls +<= 1,000 +met/);
  const rows = JSON.parse(readFileSync(file, "utf8")) as PerfRow[];
  expect(rows.length).toBeGreaterThan(8);
  for (const row of rows) {
    expect(Object.keys(row).sort()).toEqual(["bar", "better", "name", "unit", "value"]);
    expect(row.value).toBeGreaterThan(0);
  }
});

test("a benchmark that is not there is refused with the names of those that are", () => {
  const { status, stderr } = perf("speed");
  expect(status).toBe(2);
  expect(stderr).toContain('"speed" is no benchmark: give one of engine, model');
});
