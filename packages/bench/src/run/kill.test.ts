import { readdirSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { join } from "node:path";
import type { Result } from "@ticketbench/results";
import { readResult } from "@ticketbench/results/node";
import { expect, test } from "vitest";
import { contentHash } from "../plan/canonical.ts";
import { type CommandEnd, newFolder, PROGRAM, startCommand, STUDY } from "../fixtures/arithmetic-run.ts";

const KILLS = 30;
const WORDS = ["run", STUDY, "--program", PROGRAM, "--out", "results", "--json", "--jobs", "2", "--retry-failed"];
const STUDY_WORDS = ["--set", "recipe.epochs=60", "--seeds", "0,1"];

/** What a study came to, by cell: everything but times and revisions. Fails on two finished results of a cell. */
async function finished(folder: string): Promise<Map<string, unknown>> {
  const found = new Map<string, unknown>();
  for (const name of readdirSync(join(folder, "results"))) {
    if (!name.endsWith(".json")) continue;
    const { result } = await readResult(join(folder, "results", name));
    if (result.status !== "done") continue;
    expect(found.has(result.id), `${result.id} is there twice`).toBe(false);
    found.set(result.id, timeless(result));
  }
  return found;
}

function timeless({ createdAt, supersedes, ...rest }: Result): unknown {
  expect(Date.parse(createdAt)).toBeGreaterThan(0);
  expect(supersedes ?? rest.id).toContain(rest.id);
  return rest;
}

/** The processes of the running cells, from the events so far. */
function workers(events: string): number[] {
  const running = new Map<string, number>();
  for (const line of events.split("\n").slice(0, -1)) {
    const event = JSON.parse(line) as { type: string; cell: string; pid: number };
    if (event.type === "started") running.set(event.cell, event.pid);
    else if (event.type !== "progress") running.delete(event.cell);
  }
  return [...running.values()];
}

function kill(pid: number): boolean {
  try {
    return process.kill(pid, "SIGKILL");
  } catch {
    return false;
  }
}

/** Give the command, over and over, and kill the parent or one of its cells at random moments, until it ends well. */
async function runUnderFire(folder: string, kills: number, seed: number): Promise<{ end: CommandEnd; killed: number }> {
  let draws = 0;
  const below = (limit: number): number => Number.parseInt(contentHash([seed, draws++]).slice(0, 8), 16) % limit;
  let killed = 0;
  for (;;) {
    const run = startCommand(folder, [...WORDS, ...STUDY_WORDS]);
    let isOver = false;
    void run.ended.then(() => (isOver = true));
    while (!isOver && killed < kills) {
      await setTimeout(100 + below(700));
      const targets = workers(run.output());
      const victim = below(3) === 0 ? run.pid : (targets[below(targets.length || 1)] ?? run.pid);
      if (!isOver && kill(victim)) killed++;
      if (victim === run.pid) break;
    }
    const end = await run.ended;
    if (end.code === 0) return { end, killed };
  }
}

test(`a study killed at ${KILLS} random moments, cells and parent, ends as if nothing had been`, {
  timeout: 300_000,
}, async () => {
  const quiet = newFolder();
  expect(await startCommand(quiet, [...WORDS, ...STUDY_WORDS]).ended).toMatchObject({ code: 0 });
  const expected = await finished(quiet);
  expect(expected.size).toBe(10);

  const folder = newFolder();
  const { killed } = await runUnderFire(folder, KILLS, 2026);
  expect(await finished(folder)).toEqual(expected);
  console.log(`killed ${killed} processes; ${readdirSync(join(folder, "results")).length} files for 10 results`);
});
