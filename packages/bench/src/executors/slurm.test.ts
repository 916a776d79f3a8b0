import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newFolder, outcomes, PROGRAM, runArithmetic, STUDY } from "../fixtures/arithmetic-run.ts";
import { SlurmCluster, slurmMissing } from "../fixtures/slurm-cluster.ts";

const CLI = join(import.meta.dirname, "../cli.ts");
const missing = slurmMissing();
if (missing !== null) console.log(`SLURM tests skipped: ${missing}`);

describe.skipIf(missing !== null)("a real SLURM", { timeout: 180_000 }, () => {
  let cluster: SlurmCluster;

  beforeAll(async () => {
    cluster = await SlurmCluster.start(4);
  });
  afterAll(() => cluster.stop());

  const submit = (folder: string, ...words: string[]) => {
    const place = ["--work", join(folder, "work"), "--out", join(folder, "results"), "--program", PROGRAM];
    return spawnSync(process.execPath, [CLI, "run", STUDY, "--executor", "slurm", ...place, ...words], {
      cwd: folder,
      env: cluster.environment,
      encoding: "utf8",
    });
  };
  /** The id of the tickets' job, from what a submission printed. */
  const ticketJob = (stdout: string): string => /job (\d+): \d+ ticket cells/.exec(stdout)?.[1] as string;

  test("runs level after level and gives the results of a run on this machine; nothing is submitted twice", async () => {
    const folder = newFolder();
    const first = submit(folder);
    expect(first.stderr).toBe("");
    expect(first.stdout).toMatch(/job \d+: 1 start cells\njob \d+: 2 dense cells\njob \d+: 8 ticket cells/);
    const second = submit(folder);
    expect(second).toMatchObject({ status: 2, stderr: expect.stringContaining("still in the queue") as string });
    await cluster.drained(90);
    const here = newFolder();
    await runArithmetic(here);
    expect(await outcomes(folder)).toEqual(await outcomes(here));
    expect(submit(folder).stdout).toContain("nothing to submit: every cell has its result");
  });

  test("a cancelled task leaves no result, holds up no other, and the next submission holds it alone", async () => {
    const folder = newFolder();
    const words = ["--methods", "magnitude,waits", "--sparsities", "0.5", "--seeds", "0"];
    const ticket = ticketJob(submit(folder, ...words).stdout);
    const states = (): string => cluster.command("squeue", "--noheader", `--jobs=${ticket}`, "--format=%i %T");
    await cluster.until("only the waiting ticket to run", 90, () => states() === `${ticket}_3 RUNNING`);
    cluster.command("scancel", `${ticket}_3`);
    await cluster.drained(60);
    expect((await outcomes(folder)).size).toBe(2);
    const again = submit(folder, ...words, "--dry-run").stdout;
    expect(again.match(/^#SBATCH --array=.*$/gm)).toEqual(["#SBATCH --array=3"]);
  });

  test("a task that is warned of its time limit saves its checkpoint, is queued again and ends as if undisturbed", async () => {
    const folder = newFolder();
    const words = ["--set", "recipe.epochs=100", "--methods", "magnitude", "--sparsities", "0.5", "--seeds", "0"];
    const ticket = ticketJob(submit(folder, ...words).stdout);
    const checkpoints = (): string[] => globSync("work/checkpoints/*/retrained.bundle", { cwd: folder });
    await cluster.until("a checkpoint", 90, () => checkpoints().length > 0);
    cluster.command("scancel", "--batch", "--signal=USR1", `${ticket}_2`);
    const job = (): string => cluster.command("scontrol", "show", "job", ticket);
    await cluster.until("the task to be queued again", 30, () => job().includes("Restarts=1"));
    expect(checkpoints()).toHaveLength(1);
    // SLURM holds a requeued task back for two minutes; nobody has to wait for that here. Within the second in which the
    // first launch was revoked the node refuses the next, though ("credential revoked"): its clock counts in seconds.
    await cluster.until("the task to wait", 30, () => job().includes("JobState=PENDING"));
    cluster.command("scontrol", "update", `jobid=${ticket}_2`, "starttime=now+3");
    await cluster.drained(90);
    const here = newFolder();
    await runArithmetic(here, ["recipe.epochs=100", "methods=[magnitude]", "sparsities=[0.5]", "seeds=[0]"]);
    expect(await outcomes(folder)).toEqual(await outcomes(here));
  });
});
