import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { openEngine } from "@ticketbench/backend/node";
import { type Finding, Laboratory, type PruneContext } from "@ticketbench/prune";
import { expect, test, vi } from "vitest";
import { checkInSandbox } from "./check.ts";
import { remoteMethod } from "./remote-method.ts";
import { Sandbox } from "./sandbox.ts";

// Each starts processes of its own: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 240_000 });

const REPOSITORY = fileURLToPath(new URL("../../../../", import.meta.url));
const folder = realpathSync(mkdtempSync(join(tmpdir(), "ticketbench-hostile-")));
const answers = join(folder, "data", "answers.json");
const forged = join(folder, "results", "forged.json");
mkdirSync(join(folder, "data"));
mkdirSync(join(folder, "results"));
writeFileSync(answers, '["yes"]');

/** Neighbours of the methods: a link that leads out, and one that reaches for the network. */
symlinkSync(answers, join(folder, "linked.json"));
writeFileSync(join(folder, "neighbour.ts"), `import { Socket } from "node:net"; export { Socket };`);

let written = 0;

/** Checks a method with this code at its top and this score; nothing that it aims at may change. */
async function attack(parts: { top?: string; score?: string; define?: string; budget?: number }): Promise<Finding[]> {
  const { top = "", score = "values.map(Math.abs)", define = "defineMethod", budget = 20 } = parts;
  const file = join(folder, `hostile-${written++}.ts`);
  writeFileSync(
    file,
    `import { defineMethod } from "@ticketbench/prune";
import { z } from "zod";
${top.replace("NUMBER", String(written - 1))}
export default ${define}({
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
  ["sleeps for ever", `Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);`, /did not finish within 3 s/],
  ["is a promise that nothing settles", `export const then = (): void => undefined;`, /did not finish within 3 s/],
  ["takes the console's socket", `new console._stdout.constructor({ fd: 3 });`, /reading 'constructor'/],
  ["loads what fetch is made of", `new Headers();`, /Headers is not defined/],
  [
    "sends a request past fetch",
    `globalThis[Symbol.for("undici.globalDispatcher.1")].dispatch({ origin: "http://127.0.0.1:9", path: "/", method: "GET" }, {});`,
    /dispatch is not a function/,
  ],
  [
    "lets TensorFlow.js fetch",
    `import { tf } from "@ticketbench/backend"; await tf.util.fetch("http://127.0.0.1:9/");`,
    /imports https?:/,
  ],
  [
    "imports itself under another address",
    `if (import.meta.url.includes("again")) await import("node:net"); else await import("./hostile-NUMBER.ts?again");`,
    /imports node:net/,
  ],
  ["has a neighbour that reaches out", `import { Socket } from "./neighbour.ts"; void Socket;`, /imports node:net/],
  ["links to answers", `import "./linked.json" with { type: "json" };`, /restricted/],
  [
    "walks to the house's own files",
    `import { saveMask } from "${relative(folder, REPOSITORY)}/packages/prune/src/mask-file.ts"; void saveMask;`,
    /imports .*mask-file\.ts/,
  ],
  ["opens the debugger", `await import("node:inspector");`, /imports node:inspector/],
  ["binds Node's internals", `process.binding("spawn_sync");`, /process\.binding is not a function/],
  ["loads native code", `process.dlopen({ exports: {} }, "/lib/libc.so.6");`, /process\.dlopen is not a function/],
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
    /memory|allocation failed/,
    60,
  ],
  [
    "fills shared memory",
    "{ for (const all = []; ; ) all.push(new Uint8Array(new SharedArrayBuffer(1e8)).fill(1)); }",
    /memory|allocation failed/,
    60,
  ],
  [
    "fills WebAssembly's memory",
    "{ new Uint8Array(new WebAssembly.Memory({ initial: 60_000 }).buffer).fill(1); return values; }",
    /memory/,
    60,
  ],
  [
    "waits for a promise that nothing settles",
    "new Promise(() => undefined) as never",
    /not a typed array|did not finish|Float32Array/,
    3,
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

/** Code that does its harm where the kit is not looking: when the questions are answered outside. */
const outside = (harm: string): string => `
const real = defineMethod;
const harmful = (method: object) => real({ ...method, needs: "gradients", prepare: async ({ calibration, weights }: any) => {
  if (String(calibration.gradients).includes("packTensors")) ${harm}
  return calibration.gradients(weights);
} } as never);`;

test("a method that asks again and again where only its own work is timed is ended all the same", async () => {
  const top = outside("for (;;) await calibration.gradients(weights);");
  // On a busy machine its own work, which is passing weights on, or the kit may be what takes too long.
  const said = failures(await attack({ top, define: "harmful", budget: 4 }));
  expect(said).toMatch(/did not finish within (16 s|4 s of work)$/);
});

test("a method that keeps within its own time by asking again and again is ended by the clock", async () => {
  await attack({ top: outside("for (;;) await calibration.gradients(weights);"), define: "harmful", budget: 4 });
  const limits = { seconds: 10_000, lifeSeconds: 3, memoryMegabytes: 2048 };
  const sandbox = await Sandbox.open(join(folder, `hostile-${written - 1}.ts`), { limits });
  await openEngine("wasm");
  const lab = new Laboratory();
  try {
    const method = remoteMethod(sandbox, { scope: "encoder-matrices", seed: 1 });
    await expect(lab.try(method, { sparsity: 0.5 })).rejects.toThrow(/did not finish within 3 s$/);
  } finally {
    lab.dispose();
    await sandbox.close();
  }
});

test("a method that asks for much at once does not fill the memory of whoever answers", async () => {
  const harm = "await Promise.all(Array.from({ length: 50 }, () => calibration.gradients(weights)));";
  await attack({ top: outside(harm), define: "harmful" });
  const sandbox = await Sandbox.open(join(folder, `hostile-${written - 1}.ts`));
  await openEngine("wasm");
  const lab = new Laboratory();
  let asked = 0;
  // As if each answer took a whole training.
  const gradients = () => new Promise<never>(() => void asked++);
  const method = remoteMethod(sandbox, { scope: "encoder-matrices", seed: 1 });
  // The context's other parts are left alone: reading what a method does not ask for is refused.
  const slow = (context: PruneContext) =>
    Object.create(context, { calibration: { value: { batches: 1, gradients } } }) as PruneContext;
  try {
    if (!("mask" in method)) throw new Error("a method in a sandbox makes masks");
    const busy = { ...method, mask: (context: PruneContext) => method.mask(slow(context)) };
    await expect(lab.try(busy, { sparsity: 0.5 })).rejects.toThrow(/asked more than 8 things at once/);
    expect(asked).toBe(8);
  } finally {
    lab.dispose();
    await sandbox.close();
  }
});

test("a method that fails when nobody looks is told as a process that ended, with its words", async () => {
  const findings = await attack({ top: `void Promise.reject(new Error("later"));` });
  expect(failures(findings)).toMatch(/its process ended by itself \(exit code 1\).*later/);
});

test("a method's words cannot move the cursor or begin a line", async () => {
  const words = String.raw`throw new Error("no\u001b[2J\u001b[1;1H\u202e\npassed  everything\r\u0007");`;
  const [finding] = await attack({ top: words });
  expect(finding?.message).toMatch(/no \[2J \[1;1H passed {2}everything$/);
  expect(finding?.message).not.toMatch(/\p{Cc}|\p{Cf}/u);
});

test("a method that floods its output changes nothing but its own time", async () => {
  const before = process.memoryUsage().rss;
  const top = `for (let i = 0; i < 20_000; i++) console.log("y".repeat(5000));`;
  expect(failures(await attack({ top }))).toBe("");
  expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 28);
});

test("parameters come back as data that pollutes no prototype", async () => {
  const file = join(folder, "polluting.ts");
  const hostile = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}';
  await attack({});
  writeFileSync(
    file,
    readFileSync(join(folder, `hostile-${written - 1}.ts`), "utf8").replace(
      "z.strictObject({})",
      `z.strictObject({}).transform(() => JSON.parse(${JSON.stringify(hostile)}))`,
    ),
  );
  const sandbox = await Sandbox.open(file);
  try {
    const params = await sandbox.parameters({});
    expect(Object.getPrototypeOf(params)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  } finally {
    await sandbox.close();
  }
});

test("no such file and no such method are errors with a hint", async () => {
  await expect(checkInSandbox(join(folder, "none.ts"), { budget: 9 })).rejects.toThrow(/no method file at/);
  await expect(checkInSandbox("wandaa", { budget: 9 })).rejects.toThrow(/did you mean "wanda"/);
});

test("a method that does nothing of the kind passes", async () => {
  expect(failures(await attack({}))).toBe("");
});
