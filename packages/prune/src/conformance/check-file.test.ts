import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkMethodFile } from "./check-file.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ticketbench-check-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** A method file outside the repository, with this score, and a line more if need be. */
async function methodFile(name: string, score: string, line = ""): Promise<string> {
  const path = join(folder, name);
  await writeFile(
    path,
    `import { z } from "zod";
import { defineMethod } from "@ticketbench/prune";

export default defineMethod({
  title: "Outside",
  idea: "A method in a file of its own.",
  family: "magnitude",
  cite: "@misc{outside, title = {Outside}}",
  params: z.strictObject({}),
  needs: "nothing",
  nests: true,
  ${line}
  score: ({ values }: { values: Float32Array }) => ${score},
});
`,
  );
  return path;
}

test("a good file outside the repository passes every check, each finding told as it is known", async () => {
  const told: string[] = [];
  const path = await methodFile("good.ts", "values.map(Math.abs)");
  const findings = await checkMethodFile(path, { onFinding: ({ check }) => told.push(check) });
  expect(findings.filter(({ status }) => status !== "passed")).toEqual([]);
  expect(findings.length).toBeGreaterThan(15);
  expect(told).toEqual(findings.map(({ check }) => check));
});

test("a method that never returns is stopped when the budget is spent", async () => {
  const path = await methodFile("endless.ts", "{ for (;;); }");
  const findings = await checkMethodFile(path, { budget: 3 });
  expect(findings.at(-1)).toMatchObject({ check: "in time", status: "failed" });
  expect(findings.at(-1)?.message).toMatch(/not done after 3 s/);
});

test("a file that throws while loading fails with its own words", async () => {
  const path = join(folder, "throws.ts");
  await writeFile(path, "throw new Error('at load');");
  const findings = await checkMethodFile(path);
  expect(findings).toMatchObject([{ check: "loads", status: "failed" }]);
  expect(findings[0]?.message).toMatch(/throws\.ts: at load/);
});

test("a file that ends its thread fails", async () => {
  const path = await methodFile("exits.ts", "process.exit(0)");
  const findings = await checkMethodFile(path);
  expect(findings.at(-1)).toMatchObject({ check: "runs", status: "failed" });
});

test("a method that waits for ever is told so at once", async () => {
  const path = await methodFile("waits.ts", "values", "prepare: () => new Promise(() => undefined),");
  const findings = await checkMethodFile(path);
  expect(findings.at(-1)).toMatchObject({ check: "runs", status: "failed" });
  expect(findings.at(-1)?.message).toMatch(/waits for a promise that nothing settles/);
});

test("no such file and no such method are errors with a hint", async () => {
  await expect(checkMethodFile(join(folder, "none.ts"))).rejects.toThrow(/no method file at/);
  await expect(checkMethodFile("wandaa")).rejects.toThrow(/did you mean "wanda"/);
});
