import { open } from "node:fs/promises";
import type { Cell } from "../plan/cell.ts";
import type { Plan } from "../plan/plan.ts";
import type { CellEvent } from "./events.ts";
import type { FailureReason } from "./program.ts";
import { resultIdentity } from "./provenance.ts";
import type { ResultFolder } from "./records.ts";
import type { Workspace } from "./workspace.ts";

const LOG_TAIL = 4000;
const LONGEST_MESSAGE = 4000;

/** Where a failure is written down. */
export interface FailurePlace {
  readonly plan: Plan;
  readonly cell: Cell;
  readonly workspace: Workspace;
  readonly results: ResultFolder;
}

/** Record that a cell failed, with the end of its log. Start weights have no result: their failure is only told. */
export async function recordFailure(place: FailurePlace, reason: FailureReason, text: string): Promise<CellEvent> {
  const { plan, cell, workspace, results } = place;
  const message = text.slice(0, LONGEST_MESSAGE) || "no message";
  const told = { type: "failed", cell: cell.id, reason, message } as const;
  if (cell.kind === "start") return told;
  const output = await tail(workspace.outputFile(cell.id));
  const logTail = `${await tail(workspace.logFile(cell.id))}${output === "" ? "" : `--- output\n${output}`}`;
  const identity = await resultIdentity(plan, cell);
  const file = await results.write({ ...identity, status: "failed", failure: { reason, message, logTail } });
  return { ...told, file };
}

async function tail(file: string): Promise<string> {
  const handle = await open(file).catch(() => null);
  if (handle === null) return "";
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, LOG_TAIL - 20);
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString("utf8");
  } finally {
    await handle.close();
  }
}
