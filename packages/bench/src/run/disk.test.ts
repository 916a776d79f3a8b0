import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { readResults } from "@ticketbench/results/node";
import { describe, expect, test } from "vitest";
import { newFolder, PROGRAM, STUDY } from "../fixtures/arithmetic-run.ts";

const CLI = join(import.meta.dirname, "../cli.ts");
const WORDS = ["run", STUDY, "--program", PROGRAM, "--out", "results", "--set", "recipe.epochs=20"];

function shell(script: string, folder: string): { status: number | null; stdout: string; stderr: string } {
  const command = [process.execPath, CLI, ...WORDS].map((word) => `'${word}'`).join(" ");
  return spawnSync("bash", ["-c", script.replaceAll("RUN", command)], { cwd: folder, encoding: "utf8" });
}

/** Nothing that was half-written may look finished: every result verifies. */
async function resultsOf(folder: string): Promise<number> {
  for (const name of readdirSync(join(folder, "results"))) expect(name).toMatch(/\.json$/);
  return (await readResults(join(folder, "results"))).length;
}

function canMount(): boolean {
  try {
    execFileSync("unshare", ["-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

describe("where nothing more can be written", () => {
  test("a run stops with a clear message and exit code 2, and goes on when there is room", {
    timeout: 120_000,
  }, async () => {
    const folder = newFolder();
    // 1 KB a file: enough for a log, too little for a checkpoint, as a disk that fills up between the two.
    const first = shell("ulimit -f 1; RUN", folder);
    expect(first.status).toBe(2);
    expect(first.stderr).toMatch(/^error: .*larger than this machine allows$/m);
    expect(await resultsOf(folder)).toBe(0);
    expect(shell("RUN", folder).status).toBe(0);
    expect(await resultsOf(folder)).toBe(10);
  });

  test("a full disk is called by its name", { timeout: 120_000 }, async ({ skip }) => {
    skip(!canMount(), "this user may not mount a small disk (unshare -m)");
    const folder = newFolder();
    const disk = "mkdir -p .ticketbench && mount -t tmpfs -o size=64k tmpfs .ticketbench";
    const { status, stderr } = shell(`unshare -m bash -c "${disk} && RUN"`, folder);
    expect(stderr).toMatch(/^error: .*the disk is full: make room, then give the same command again$/m);
    expect(status).toBe(2);
    await resultsOf(folder);
    expect(shell("RUN", folder).status).toBe(0);
    expect(await resultsOf(folder)).toBe(10);
  });
});
