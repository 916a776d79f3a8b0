import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Finding } from "@ticketbench/prune";
import { expect, test, vi } from "vitest";
import { checkInSandbox } from "./check.ts";

// Each starts processes of its own: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 240_000 });

const REPOSITORY = fileURLToPath(new URL("../../../../", import.meta.url));
const folder = realpathSync(mkdtempSync(join(tmpdir(), "ticketbench-hostile-")));
const answers = join(folder, "data", "answers.json");
const forged = join(folder, "results", "forged.json");
mkdirSync(join(folder, "data"));
mkdirSync(join(folder, "results"));
writeFileSync(answers, '["yes"]');

let written = 0;

/** Checks a method with this code at its top and this score; nothing that it aims at may change. */
async function attack(parts: { top?: string; score?: string; budget?: number }): Promise<Finding[]> {
  const { top = "", score = "values.map(Math.abs)", budget = 20 } = parts;
  const file = join(folder, `hostile-${written++}.ts`);
  writeFileSync(
    file,
    `import { defineMethod } from "@ticketbench/prune";
import { z } from "zod";
${top}
export default defineMethod({
  title: "Hostile",
  idea: "Does what it may not.",
  family: "gradient",
  cite: "@misc{hostile, title = {Hostile}}",
  params: z.strictObject({}),
  needs: "nothing",
  nests: false,
  score: ({ values }: { values: Float32Array }): Float32Array => ${score},
});
`,
  );
  const findings = await checkInSandbox(file, { budget });
  expect(readFileSync(answers, "utf8")).toBe('["yes"]');
  expect(existsSync(forged)).toBe(false);
  return findings;
}

const failures = (findings: readonly Finding[]): string =>
  findings
    .filter(({ status }) => status === "failed")
    .map(({ check, message }) => `${check}: ${message}`)
    .join("\n");

test.each([
  [
    "reads answers from the disk",
    `import { readFileSync } from "node:fs"; readFileSync("${answers}");`,
    /imports node:fs/,
  ],
  [
    "writes into the results",
    `import { writeFile } from "fs/promises"; await writeFile("${forged}", "{}");`,
    /imports fs\/promises/,
  ],
  [
    "writes a mask where it likes",
    `import { saveMask } from "@ticketbench/prune/node"; void saveMask;`,
    /imports @ticketbench\/prune\/node/,
  ],
  [
    "replaces the verdict",
    `import * as results from "@ticketbench/results"; results.verdict = () => "better";`,
    /imports @ticketbench\/results/,
  ],
  [
    "makes the evaluation data again",
    `import { generateMiniVqa } from "@ticketbench/data-vqa"; generateMiniVqa();`,
    /imports @ticketbench\/data-vqa/,
  ],
  ["imports them past the room's door", `import "${REPOSITORY}packages/data-vqa/src/index.ts";`, /imports .*data-vqa/],
  [
    "starts a process",
    `import { execFile } from "node:child_process"; execFile("/bin/true");`,
    /imports node:child_process/,
  ],
  ["opens a socket", `import { connect } from "node:net"; connect(9);`, /imports node:net/],
  [
    "opens a database, which writes files",
    `import { DatabaseSync } from "node:sqlite"; new DatabaseSync("${forged}");`,
    /imports node:sqlite/,
  ],
  [
    "starts a thread with other rights",
    `import { Worker } from "node:worker_threads"; new Worker("1", { eval: true });`,
    /imports node:worker_threads/,
  ],
  ["imports code from text", `await import("data:text/javascript,import 'node:fs'");`, /imports data:/],
  [
    "gets a built-in module from the process",
    `process.getBuiltinModule("fs").writeFileSync("${forged}", "");`,
    /getBuiltinModule is not a function/,
  ],
  ["ends the process", `process.exit(0);`, /process\.exit is not a function/],
  ["kills the process that started it", `process.kill(process.ppid);`, /process\.kill is not a function/],
  [
    "reads the environment",
    `if (Object.keys(process.env).length === 0) throw new Error("nothing in it");`,
    /nothing in it/,
  ],
  ["fetches", `await fetch("http://127.0.0.1:9/");`, /fetch is not defined/],
  ["makes code from text", `new Function("return 1")();`, /Code generation from strings disallowed/],
  ["patches arrays", `Array.prototype.map = function () { return []; };`, /may not change map of a built-in/],
  ["patches typed arrays", `Float32Array.prototype.findIndex = () => -1;`, /findIndex/],
  ["patches Math", `Math.round = () => 0;`, /may not change round of a built-in/],
  ["patches JSON", `JSON.stringify = () => '{"type":"answer","answer":null}';`, /may not change stringify/],
  ["replaces a global", `globalThis.Promise = class {};`, /Promise/],
  [
    "patches the mask's class",
    `import { Mask } from "@ticketbench/prune"; Mask.prototype.kept = () => 1;`,
    /may not change kept/,
  ],
  ["loops while it is loaded", `for (;;);`, /did not finish within 3 s/],
])("a method that %s is refused at its door", async (_, top, says) => {
  const findings = await attack({ top, budget: says.source.includes("3 s") ? 3 : 20 });
  expect(findings).toMatchObject([{ check: "loads", status: "failed" }]);
  expect(failures(findings)).toMatch(says);
});

test.each([
  ["loops for ever", "{ for (;;); }", /did not finish within 3 s of work/, 3],
  ["fills the heap", "{ const all: unknown[] = []; for (;;) all.push([...values]); }", /memory/, 60],
  [
    "fills typed arrays",
    "{ const all = []; for (;;) all.push(new Float32Array(1e7).fill(1)); }",
    /used more than 2048 MB/,
    60,
  ],
  ["recurses without end", "(function again(): never { return again(); })()", /Maximum call stack/, 20],
  [
    "returns a proxy of scores",
    "new Proxy(values.map(Math.abs), {})",
    /Float32Array|incompatible|not a typed array/i,
    20,
  ],
  ["writes to the weights", "(values.fill(0), values)", /wrote to the weights/, 20],
] as const)("a method that %s fails and takes nothing along", async (_, score, says, budget) => {
  expect(failures(await attack({ score, budget }))).toMatch(says);
});

test("what is refused is told although the method swallows the error", async () => {
  const findings = await attack({ top: `try { await import("node:fs"); } catch { /* never mind */ }` });
  expect(failures(findings)).toMatch(/sandbox: imports node:fs/);
});

test("a method that draws without a seed in each process anew is found from outside", async () => {
  const top = `const own = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;`;
  const findings = await attack({
    top,
    score: "values.map((w, i) => Math.abs(w) * (((i * 2654435761 + own) >>> 0) % 97))",
  });
  expect(failures(findings)).toMatch(/measured outside: another process gives another mask/);
});

test("a method that does nothing of the kind passes", async () => {
  expect(failures(await attack({}))).toBe("");
});
