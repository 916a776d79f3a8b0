import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { availableParallelism, cpus, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Result, ResultInput } from "@ticketbench/results";
import { contentHash } from "../plan/canonical.ts";
import type { Cell, Pruning } from "../plan/cell.ts";
import type { Plan } from "../plan/plan.ts";
import { rankingOf } from "../plan/ranking.ts";
import { scopeName } from "../plan/scope.ts";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../../../..");

type Identity = Omit<Extract<ResultInput, { status: "failed" }>, "status" | "failure">;

/** Everything a result says about where it comes from: the cell, the study, the code, the machine. */
export async function resultIdentity(plan: Plan, cell: Exclude<Cell, { kind: "start" }>): Promise<Identity> {
  const { study } = plan;
  const ticket = cell.kind === "ticket" ? cell.pruning : null;
  return {
    schemaVersion: 1,
    id: cell.id,
    kind: cell.kind,
    track: study.track,
    division: study.division,
    study: {
      name: study.name,
      hash: contentHash(study),
      resolved: JSON.parse(JSON.stringify(study)) as Identity["study"]["resolved"],
    },
    method: ticket?.method ?? null,
    scope: scopeName(ticket?.scope ?? study.scope),
    seed: cell.seed,
    target: ticket?.sparsity ?? 0,
    ...(ticket === null ? {} : { pruning: pruningOf(ticket) }),
    ...(ticket?.publishedAs === undefined ? {} : { publishedAs: ticket.publishedAs }),
    denseId: cell.kind === "ticket" ? (cell.needs[0] ?? null) : null,
    seeds: {},
    ...(await environmentOf(plan, cell)),
    createdAt: new Date().toISOString(),
  };
}

/** The code and the machine that a cell runs on here and now. */
export async function environmentOf(plan: Plan, cell: Cell): Promise<Pick<Result, "provenance" | "hardware">> {
  return { provenance: await provenance(plan, cell), hardware: hardware() };
}

function pruningOf(pruning: Pruning): NonNullable<Identity["pruning"]> {
  const { granularity, allocation } = rankingOf(pruning);
  const { retraining, rewindStep } = pruning;
  return {
    granularity,
    allocation: typeof allocation === "string" ? allocation : { ...allocation },
    retraining,
    rewindStep,
  };
}

async function provenance(plan: Plan, cell: Cell): Promise<Result["provenance"]> {
  const commit = await git("rev-parse", "HEAD");
  const changes = commit === null ? null : await git("status", "--porcelain", "--untracked-files=no");
  return {
    gitSha: commit,
    dirty: changes !== "",
    planHash: plan.hash,
    lockHash: await lockHash(),
    engine: cell.inputs.settings.engine,
    node: process.version,
  };
}

function hardware(): Result["hardware"] {
  const cpu = cpus()[0]?.model.trim();
  return { cpu: cpu || "unknown", cores: availableParallelism(), memoryBytes: totalmem(), gpu: null };
}

async function git(...words: string[]): Promise<string | null> {
  const answer = await promisify(execFile)("git", ["-C", ROOT, ...words]).catch(() => null);
  return answer === null ? null : answer.stdout.trim();
}

async function lockHash(): Promise<string> {
  const lock = await readFile(join(ROOT, "package-lock.json"));
  return createHash("sha256").update(lock).digest("hex");
}
