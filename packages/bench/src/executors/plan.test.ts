import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { command, newFolder, PROGRAM, STUDY } from "../fixtures/arithmetic-run.ts";

// Processes are started one after the other: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 180_000 });

const study = [STUDY, "--program", PROGRAM];
const CLUSTER = ["--image", "registry/tb:1", "--claim", "work", "--gpus", "1"];

test.each([
  ["slurm", ["--sbatch=--partition=gpu"]],
  ["k8s", [...CLUSTER, "--jobs", "2"]],
  ["gha", ["--jobs", "3"]],
])(
  "plan --executor %s prints what a dry run of run prints, and says the rest on standard error",
  async (name, more) => {
    const folder = newFolder();
    const words = ["--executor", name, ...more];
    const planned = await command(folder, "plan", ...study, ...words);
    const submitted = await command(folder, "run", ...study, ...words, "--dry-run");
    expect(planned).toMatchObject({ code: 0, stdout: submitted.stdout });
    expect(planned.stderr).toMatch(/^study arithmetic, plan [0-9a-f]{12}: /);
    expect(planned.stderr).toMatch(/frozen in plan\.json/);
    expect(JSON.parse(readFileSync(join(folder, "plan.json"), "utf8"))).toMatchObject({ schemaVersion: 1 });
  },
);

test("a workflow reads the matrix from one line, whose shards are the frozen plan's", async () => {
  const folder = newFolder();
  const { stdout } = await command(folder, "plan", ...study, "--executor", "gha", "--jobs", "3");
  expect(stdout).toBe('{"shard":["1/3","2/3","3/3"]}\n');
  for (const shard of ["1/3", "2/3", "3/3"])
    await command(folder, "run", "plan.json", "--program", PROGRAM, "--shard", shard);
  expect((await command(folder, "plan", ...study, "--executor", "gha")).stdout).toBe('{"shard":[]}\n');
});

test("a plan for the machine itself is words alone, and one for no scheduler that there is is refused", async () => {
  const folder = newFolder();
  const here = await command(folder, "plan", ...study, "--executor", "local");
  expect(here).toMatchObject({ code: 0, stderr: "", stdout: expect.stringMatching(/^study arithmetic/) as string });
  const wrong = await command(folder, "plan", ...study, "--executor", "github");
  expect(wrong).toMatchObject({ code: 2, stdout: "" });
  expect(wrong.stderr).toContain("--executor github: expected local, slurm, k8s, gha");
  const bare = await command(folder, "plan", ...study, "--executor", "k8s");
  expect(bare).toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(/needs --image/) as string });
});
