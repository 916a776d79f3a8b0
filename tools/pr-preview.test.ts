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
const write = (file: string, text: string): void => writeFileSync(join(clone, file), text);
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

test("a shared file's change previews the first methods that import it, and says which are left out", () => {
  const imports = (...files: string[]): string => files.map((file) => `import { x } from "../${file}";\n`).join("");
  git("checkout", "-q", "main");
  write("packages/prune/src/select.ts", 'import { y } from "./deep.ts";');
  write("packages/prune/src/deep.ts", "1");
  write("packages/prune/src/alone.ts", "1");
  commit({
    ...Object.fromEntries(["a", "b", "c", "d"].map((name) => [`${name}.ts`, imports("select.ts")])),
    "kinds.ts": `import type { x } from "../select.ts";\n`,
  });
  git("checkout", "-qB", "branch");
  write("packages/prune/src/deep.ts", "2");
  write("packages/prune/src/alone.ts", "2");
  write("packages/prune/src/deep.test.ts", "2");
  commit({ "b.ts": `${imports("select.ts")}2`, "new.ts": "1" });
  expect(preview("--base", "main", "--list")).toMatchObject({
    stdout: [
      "methods: b, new",
      "packages/prune/src/deep.ts is part of 4 methods: a, b, c, d",
      "packages/prune/src/alone.ts is part of no method: published results stay as they are",
      "previewed because of what they share: a, c, d",
      "",
    ].join("\n"),
  });
  commit({ "e.ts": imports("deep.ts"), "f.ts": imports("deep.ts") });
  git("checkout", "-q", "main");
  git("merge", "-q", "branch");
  git("checkout", "-qb", "another");
  write("packages/prune/src/deep.ts", "3");
  commit({});
  expect(preview("--base", "main", "--list").stdout).toMatch(
    /^no method is added or changed\n.* 6 methods: .*\n.*share: a, b, c\nleft out to save time: d, e, f; npm run ticketbench -- preview NAME shows one\n$/,
  );
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
  expect(plan().stderr).toMatch(/no method's own file is added or changed: there is nothing to run$/m);
  write("packages/prune/src/deep.ts", "1");
  commit({ "random.ts": 'import { y } from "../deep.ts";' });
  git("branch", "-f", "main");
  write("packages/prune/src/deep.ts", "2");
  commit({});
  expect(plan().stderr).toMatch(/changed through files that they share: random: plan those that matter/);
  commit({ "movement.ts": "1" });
  expect(plan("--executor", "gha", "--jobs", "2")).toMatchObject({ status: 0, stdout: '{"shard":["1/2","2/2"]}\n' });
  const { cells } = JSON.parse(readFileSync(join(clone, "plan.json"), "utf8")) as { cells: { label: string }[] };
  const labels = new Set(cells.map(({ label }) => label.replace(/ [\d.]+ % .*/, "")));
  expect([...labels].filter((label) => /magnitude|random|movement|shuffle/.test(label))).toHaveLength(5);
});
