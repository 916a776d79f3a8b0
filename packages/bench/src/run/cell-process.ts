import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { Cell } from "../plan/cell.ts";
import { type CellEvent, cellEventSchema } from "./events.ts";
import type { Workspace } from "./workspace.ts";

const WORKER = fileURLToPath(new URL("./worker.ts", import.meta.url));
const GRACE_MILLISECONDS = 15_000;

export interface ProcessOptions {
  readonly planFile: string;
  readonly cell: Cell;
  readonly programUrl: string;
  readonly workspace: Workspace;
  readonly out: string;
  /** Milliseconds; none: no limit. */
  readonly timeout?: number | undefined;
  /** How many cells run at once on this machine. */
  readonly jobs?: number;
  /** The GPU that it may use; none: what this process may use. */
  readonly device?: string | undefined;
  readonly signal: AbortSignal;
  readonly onEvent: (event: CellEvent) => void;
}

export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly timedOut: boolean;
  /** The last of `done`, `failed`, `interrupted` or `broken` that it reported. */
  readonly last: CellEvent | null;
}

/** Run one cell in a process of its own. Aborting `signal` asks it to stop and, after a while, ends it. */
export async function runCellProcess(options: ProcessOptions): Promise<ProcessEnd> {
  const { workspace, cell, signal } = options;
  const output = openOutput(workspace.outputFile(cell.id));
  const words = [WORKER, options.planFile, cell.id, options.programUrl, workspace.root, options.out];
  const child = spawn(process.execPath, words, {
    stdio: ["pipe", output, output, "pipe"],
    env: environment(options),
  });
  closeSync(output);
  child.stdin?.on("error", () => undefined);
  let last: CellEvent | null = null;
  const listening = readEvents(child.stdio[3] as Readable, (event) => {
    if (event.type !== "started" && event.type !== "progress") last = event;
    else options.onEvent(event);
  });
  let timedOut = false;
  const stop = (): void => {
    child.kill("SIGTERM");
    setTimeout(() => child.kill("SIGKILL"), GRACE_MILLISECONDS).unref();
  };
  const limit =
    options.timeout === undefined ? undefined : setTimeout(() => ((timedOut = true), stop()), options.timeout);
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  const [exitCode, killedBy] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  await listening;
  clearTimeout(limit);
  signal.removeEventListener("abort", stop);
  return { exitCode, signal: killedBy, timedOut, last };
}

/**
 * A cell sees its GPU alone, starts half a second sooner where Node keeps the compiled code, and does not share its core
 * out among threads of TensorFlow when other cells have the other cores.
 */
function environment({ device, workspace, jobs = 1 }: ProcessOptions): NodeJS.ProcessEnv {
  const threads = jobs > 1 ? { TF_NUM_INTRAOP_THREADS: "1" } : {};
  const gpu = device === undefined ? {} : { CUDA_VISIBLE_DEVICES: device };
  return { NODE_COMPILE_CACHE: workspace.compiledCode, ...threads, ...process.env, ...gpu };
}

function openOutput(file: string): number {
  mkdirSync(dirname(file), { recursive: true });
  return openSync(file, "a");
}

async function readEvents(stream: Readable, onEvent: (event: CellEvent) => void): Promise<void> {
  for await (const line of createInterface({ input: stream })) {
    const parsed = cellEventSchema.safeParse(parseJson(line));
    if (parsed.success) onEvent(parsed.data);
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
