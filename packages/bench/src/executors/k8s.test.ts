import { spawnSync } from "node:child_process";
import { describe, expect, test, vi } from "vitest";
import { parseAllDocuments } from "yaml";
import { command, newFolder, PROGRAM, STUDY } from "../fixtures/arithmetic-run.ts";

// Processes are started by the dozen: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 180_000 });

const words = ["run", STUDY, "--program", PROGRAM, "--executor", "k8s", "--image", "registry/tb:1", "--claim", "work"];

interface Job {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly completions: number;
    readonly template: { readonly spec: { readonly containers: readonly { readonly command: readonly string[] }[] } };
  };
}

async function dryRun(...more: string[]): Promise<{ text: string; jobs: Job[] }> {
  const { stdout, code } = await command(newFolder(), ...words, "--dry-run", ...more);
  expect(code).toBe(0);
  return { text: stdout, jobs: parseAllDocuments(stdout).map((document) => document.toJS() as Job) };
}

describe("Kubernetes jobs", () => {
  test("are one Indexed Job a level, with one index a missing cell", async () => {
    const { jobs } = await dryRun("--gpus", "1");
    expect(jobs.map(({ metadata }) => metadata.name.split("-").at(-1))).toEqual(["start", "dense", "ticket"]);
    expect(jobs.map(({ spec }) => spec.completions)).toEqual([1, 2, 8]);
    expect(jobs[2]?.spec.template.spec.containers[0]?.command.slice(-4)).toEqual([
      ...["--index", "$(JOB_COMPLETION_INDEX)", "--of", "3-10"],
    ]);
  });

  test("are written with the command that applies them, level after level", async () => {
    const { stdout } = await command(newFolder(), ...words);
    expect(stdout).toMatch(/wrote 3 jobs into .*\nkubectl apply -f \S+-start.yaml && kubectl wait .* && kubectl apply/);
  });

  test("need an image and a volume claim", async () => {
    const { code, stderr } = await command(newFolder(), "run", STUDY, "--program", PROGRAM, "--executor", "k8s");
    expect(code).toBe(2);
    expect(stderr).toMatch(/needs --image .* and --claim/);
  });

  test("need a whole number of GPUs", async () => {
    const { code, stderr } = await command(newFolder(), ...words, "--gpus", "one");
    expect(code).toBe(2);
    expect(stderr).toMatch(/--gpus one: expected a whole number from 0 up/);
  });

  const validator = process.env.KUBERNETES_VALIDATE ?? "kubernetes-validate";
  const isThere = spawnSync(validator, ["--help"]).status === 0;
  if (!isThere) console.log("Kubernetes' own schema not checked: pip install kubernetes-validate");

  test.skipIf(!isThere)("fit Kubernetes' own schema, strictly, and a mistake in one does not", async () => {
    const { text } = await dryRun();
    const check = (yaml: string) =>
      spawnSync(validator, ["--strict", "--kubernetes-version", "1.33", "-"], { input: yaml, encoding: "utf8" });
    const verdict = check(text);
    expect(verdict.stdout + verdict.stderr).not.toMatch(/ERROR/i);
    expect(verdict.status).toBe(0);
    expect(check(text.replace("completionMode", "completionmode")).status).not.toBe(0);
  });
});

test("a workflow gets a matrix of shards, no more than cells are missing, and an empty one when all is done", async () => {
  const folder = newFolder();
  const gha = (...more: string[]) => command(folder, "run", STUDY, "--program", PROGRAM, "--executor", "gha", ...more);
  expect(JSON.parse((await gha("--jobs", "4")).stdout)).toEqual({ shard: ["1/4", "2/4", "3/4", "4/4"] });
  expect(JSON.parse((await gha()).stdout)).toMatchObject({ shard: { length: 11 } });
  await command(folder, "run", STUDY, "--program", PROGRAM);
  expect(JSON.parse((await gha()).stdout)).toEqual({ shard: [] });
});

test("an unknown executor is named with those there are", async () => {
  const { code, stderr } = await command(newFolder(), "run", STUDY, "--program", PROGRAM, "--executor", "slrum");
  expect(code).toBe(2);
  expect(stderr).toContain("--executor slrum: expected local, slurm, k8s, gha; did you mean slurm?");
});
