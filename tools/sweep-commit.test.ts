import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";

const PROGRAM = fileURLToPath(new URL("./sweep-commit.ts", import.meta.url));
const MERGE = "c".repeat(40);

let scratch = "";
let clone = "";
let remote = "";
const git = (...words: string[]): string => execFileSync("git", ["-C", clone, ...words], { encoding: "utf8" }).trim();

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "ticketbench-sweep-"));
  [clone, remote] = [join(scratch, "clone"), join(scratch, "remote.git")];
  execFileSync("git", ["init", "--quiet", "--bare", remote]);
  execFileSync("git", ["init", "--quiet", "-b", "main", clone]);
  mkdirSync(join(clone, "results"));
  writeFileSync(join(clone, "results", "old.json"), "{}");
  git("add", "-A");
  git("-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "x");
});
afterEach(() => rmSync(scratch, { recursive: true }));

function commit(words: readonly string[], env: NodeJS.ProcessEnv = {}): { status: number | null; output: string } {
  const { PATH, HOME } = process.env;
  const options = { cwd: clone, encoding: "utf8", env: { PATH, HOME, ...env } } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...words], options);
  return { status, output: stdout + stderr };
}
const words = (): string[] => ["--pull", "7", "--merge", MERGE, "--run", "99", "--remote", remote];
const branches = (): string => execFileSync("git", ["-C", remote, "branch", "--list"], { encoding: "utf8" }).trim();

test("new results, and they alone, are one commit on a branch of its own", () => {
  writeFileSync(join(clone, "results", "new.json"), "{}");
  writeFileSync(join(clone, "published.sha256"), "x");
  expect(commit(words())).toEqual({ status: 0, output: "pushed sweep/pr-7-99\n" });
  expect(branches()).toBe("sweep/pr-7-99");
  const pushed = execFileSync("git", ["-C", remote, "show", "--name-status", "--format=%an: %s", "sweep/pr-7-99"], {
    encoding: "utf8",
  });
  expect(pushed).toBe(`github-actions[bot]: Results of pull request 7 at ${MERGE}\n\nA\tresults/new.json\n`);
});

test("without a new result nothing is committed or pushed, and that is no failure", () => {
  expect(commit(words())).toEqual({ status: 0, output: "no result is new: nothing is committed\n" });
  expect(git("branch", "--show-current")).toBe("main");
  expect(branches()).toBe("");
});

test("what is no number, commit or run is refused before anything is done", () => {
  for (const [option, wrong] of [
    ["--pull", "7;x"],
    ["--merge", "main"],
    ["--run", "../x"],
  ] as const) {
    const { status, output } = commit([...words(), option, wrong]);
    expect({ status, output }).toMatchObject({ status: 2, output: expect.stringContaining(option) as string });
  }
  expect(branches()).toBe("");
});

test("a push that fails does not tell the token", () => {
  writeFileSync(join(clone, "results", "new.json"), "{}");
  const env = { GITHUB_SERVER_URL: "http://127.0.0.1:9", GITHUB_REPOSITORY: "owner/name", GITHUB_TOKEN: "very-secret" };
  const { status, output } = commit(words().slice(0, -2), env);
  expect(status).toBe(2);
  expect(output).toMatch(/git push failed: .*127\.0\.0\.1:9/s);
  expect(output).not.toContain("very-secret");
});
