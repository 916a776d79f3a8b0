import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

// Processes are started one after the other: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 180_000 });

const PROGRAM = fileURLToPath(new URL("./pr-preview.ts", import.meta.url));
const METHODS = "packages/prune/src/methods";
const STUDY = fileURLToPath(new URL("../configs/ci.yaml", import.meta.url));

let clone = "";
const git = (...words: string[]): string => execFileSync("git", ["-C", clone, ...words], { encoding: "utf8" });
function commit(files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(clone, METHODS, name), text);
  git("add", "-A");
  git("-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "x");
}
function preview(...words: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [PROGRAM, ...words], { cwd: clone, encoding: "utf8" });
}

beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), "ticketbench-preview-"));
  mkdirSync(join(clone, METHODS), { recursive: true });
  git("init", "-q", "-b", "main");
  commit({ "magnitude.ts": "1", "random.ts": "1", "gone.ts": "1" });
  git("checkout", "-qb", "branch");
});
afterEach(() => rmSync(clone, { recursive: true }));

test("the methods of a branch are those it adds or changes, without tests and without what others did since", () => {
  commit({ "wanda2.ts": "1", "wanda2.test.ts": "1", "random.ts": "2" });
  git("rm", "-q", join(METHODS, "gone.ts"));
  git("checkout", "-q", "main");
  commit({ "magnitude.ts": "2" });
  git("checkout", "-q", "branch");
  expect(preview("--base", "main", "--list").stdout).toBe("methods: random, wanda2\n");
});

test("a branch that touches no method hands over an empty artifact", () => {
  expect(preview("--base", "main")).toMatchObject({ status: 0, stdout: expect.stringMatching(/^no method/) as string });
  expect(JSON.parse(readFileSync(join(clone, ".ticketbench/artifact/methods.json"), "utf8"))).toEqual({
    version: 1,
    methods: [],
  });
});

test("a reference that is not there is told", () => {
  expect(preview("--base", "nowhere")).toMatchObject({ status: 2 });
});

test("the study for the GPUs holds a branch's methods, their shuffled masks and the controls", () => {
  const program = fileURLToPath(new URL("./pr-plan.ts", import.meta.url));
  const plan = (...words: string[]): { status: number | null; stdout: string; stderr: string } =>
    spawnSync(process.execPath, [program, "--base", "main", "--study", STUDY, "--engine", "wasm", ...words], {
      cwd: clone,
      encoding: "utf8",
    });
  expect(plan().stderr).toMatch(/no method is added or changed/);
  commit({ "movement.ts": "1" });
  expect(plan("--executor", "gha", "--jobs", "2")).toMatchObject({ status: 0, stdout: '{"shard":["1/2","2/2"]}\n' });
  const { cells } = JSON.parse(readFileSync(join(clone, "plan.json"), "utf8")) as { cells: { label: string }[] };
  const labels = new Set(cells.map(({ label }) => label.replace(/ [\d.]+ % .*/, "")));
  expect([...labels].filter((label) => /magnitude|random|movement|shuffle/.test(label))).toHaveLength(5);
});
