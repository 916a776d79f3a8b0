/**
 * The process of one cell: `node worker.ts PLAN CELL PROGRAM WORK OUT`. It reports on file descriptor 3, one JSON
 * object a line, and stops, checkpoint saved, on SIGTERM, on SIGUSR1 (a scheduler's warning) or when its parent is
 * gone, which it sees by the end of its standard input.
 */
import { writeSync } from "node:fs";
import pino from "pino";
import { readPlan } from "../plan/plan-file.ts";
import { cellAt } from "../plan/plan.ts";
import { asWorkspaceError } from "./atomic-file.ts";
import { type CellEvent, WORKER_EXIT } from "./events.ts";
import type { Program } from "./program.ts";
import { ResultFolder } from "./records.ts";
import { runCell } from "./run-cell.ts";
import { Workspace } from "./workspace.ts";

const EVENTS = 3;

const stop = new AbortController();
const abort = (): void => stop.abort();
process.on("SIGTERM", abort);
process.on("SIGUSR1", abort);
// Ctrl-C reaches every process of the terminal: the parent hears it too and says when to stop.
process.on("SIGINT", () => undefined);
process.stdin.on("end", abort).on("error", abort).resume();
process.stdin.unref();

function emit(event: CellEvent): void {
  try {
    writeSync(EVENTS, `${JSON.stringify(event)}\n`);
  } catch {
    abort();
  }
}

const [planFile = "", cellId = "", programUrl = "", work = "", out = ""] = process.argv.slice(2);
const plan = readPlan(planFile);
const planned = plan.cells.find((cell) => cell.id === cellId);
if (planned === undefined) throw new Error(`${planFile} has no cell ${cellId}`);
const workspace = new Workspace(work);
const logFile = workspace.logFile(cellId);
const destination = pino.destination({ dest: logFile, sync: true, mkdir: true, append: true });
destination.on("error", (error: Error) => {
  emit({ type: "broken", cell: cellId, message: String(asWorkspaceError(error, logFile)) });
  process.exit(WORKER_EXIT.broken);
});
emit({ type: "started", cell: cellId, pid: process.pid });
const { default: program } = (await import(programUrl)) as { default: Program };
const end = await runCell({
  plan,
  cell: cellAt(plan, planned),
  program,
  workspace,
  results: new ResultFolder(out),
  signal: stop.signal,
  log: pino({ base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime }, destination),
  emit,
});
emit(end);
process.exit(WORKER_EXIT[end.type as keyof typeof WORKER_EXIT]);
