import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type DoneResult, packScores } from "@ticketbench/results";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { PretendGithub } from "./github/pretend.ts";

// Processes are started one after the other: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const CLI = here("../packages/bench/src/cli.ts");
/** A study whose cells take milliseconds. */
const [STUDY, PROGRAM] = ["arithmetic.yaml", "arithmetic-program.ts"].map((name) =>
  here(`../packages/bench/src/fixtures/${name}`),
) as [string, string];

let folder = "";
let outputs = "";

interface End {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program in the folder, with a workflow's environment. */
function run(program: string, words: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<End> {
  const env = { PATH: process.env["PATH"], HOME: process.env["HOME"], GITHUB_OUTPUT: outputs, ...more };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [program, ...words], { cwd: folder, env }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

const reproduce = (...words: string[]): Promise<End> =>
  run(here("./reproduce.ts"), ["--program", PROGRAM, "--seed", "2026-11-29", ...words]);
const ticketFiles = (): string[] =>
  readdirSync(join(folder, "results"))
    .map((name) => join(folder, "results", name))
    .filter((file) => file.endsWith(".json") && read(file).kind === "ticket");
const read = (file: string): DoneResult => JSON.parse(readFileSync(file, "utf8")) as DoneResult;
const report = (): string => readFileSync(join(folder, "report.txt"), "utf8");

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ticketbench-reproduce-"));
  outputs = join(folder, "outputs");
  const axes = ["--methods", "magnitude", "--sparsities", "0.2,0.4,0.5,0.6,0.8", "--seeds", "0"];
  await run(CLI, ["run", STUDY, "--program", PROGRAM, "--out", "results", ...axes]);
});
beforeEach(() => writeFileSync(outputs, ""));
afterAll(() => rmSync(folder, { recursive: true }));

test("a sample that comes out again is reported as equal, and nothing differs", async () => {
  const { code, stdout } = await reproduce("--sample", "2");
  expect({ code, outputs: readFileSync(outputs, "utf8") }).toEqual({ code: 0, outputs: "differs=0\n" });
  expect(report()).toMatch(/^verifying 2 of 6 results, drawn with --seed 2026-11-29\nequal .*\nequal .*\n$/);
  expect(stdout).toBe(`${report()}differs=0\n`);
});

test("the seed is the date and the sample five where a workflow's inputs are empty", async () => {
  const { stdout } = await run(here("./reproduce.ts"), ["--program", PROGRAM, "--sample", "", "--seed", ""]);
  expect(stdout).toMatch(/^verifying 5 of 6 results, drawn with --seed 20\d\d-\d\d-\d\d$/m);
});

test("a sample that cannot be drawn fails, and says nothing of differences", async () => {
  expect(await reproduce("--results", "nowhere")).toMatchObject({ code: 2 });
  expect(await reproduce("--sample", "many")).toMatchObject({ code: 2 });
  expect(readFileSync(outputs, "utf8")).toBe("");
});

const forged: readonly ((result: DoneResult) => unknown)[] = [
  (result) => {
    const scores = packScores(Array.from({ length: 40 }, () => 1));
    const retrained = { ...result.phases.retrained, accuracy: 1, byAnswerType: {}, scores };
    return { ...result, phases: { ...result.phases, retrained } };
  },
  (result) => ({ ...result, maskHash: "0".repeat(64) }),
  (result) => ({ ...result, seed: 7 }),
  (result) => ({ ...result, method: { ...result.method, version: "a".repeat(64) } }),
  (result) => ({ ...result, study: { ...result.study, resolved: { ...result.study.resolved, seeds: [9] } } }),
];

test("what was tampered with ends in one issue that names each fault and both environments", async () => {
  const honest = ticketFiles().map((file) => [file, readFileSync(file, "utf8")] as const);
  expect(honest).toHaveLength(forged.length);
  for (const [i, [file]] of honest.entries()) writeFileSync(file, JSON.stringify(forged[i]?.(read(file))));
  const github = new PretendGithub();
  const environment = await github.open();
  try {
    expect(await reproduce("--sample", "9")).toMatchObject({ code: 0 });
    expect(readFileSync(outputs, "utf8")).toBe("differs=1\n");
    await run(here("./issue-report.ts"), ["--report", "report.txt", "--run", "https://example.org/run/1"], environment);
    const body = github.issues[0]?.body ?? "";
    expect(body).toMatch(/\*\*5 of 6 published results do not hold\.\*\*/);
    expect(body).toContain(report().trimEnd());
    expect(body.match(/^DIFFERENT magnitude/gm)).toHaveLength(4);
    expect(body.match(/^STALE {5}magnitude/gm)).toHaveLength(1);
    expect(body).toMatch(/retrained: 100\.00 % published, [\d.]+ % now, \d+ questions changed/);
    expect(body).toMatch(/another mask: 0{16} published/);
    expect(body).toMatch(/seed 7; by its id it is 0/);
    expect(body).toMatch(/method version a{16}; by its id it is \w{16}/);
    expect(body.match(/^ +the same on both: .*commit/gm)).toHaveLength(5);
    expect(body).toContain("npm run ticketbench -- verify results --sample 6 --seed 2026-11-29\n");
  } finally {
    github.close();
    for (const [file, text] of honest) writeFileSync(file, text);
  }
});

afterEach(() => rmSync(join(folder, "report.txt"), { force: true }));
