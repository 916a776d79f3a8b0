import PQueue from "p-queue";
import type { PlannedCell } from "../plan/cell.ts";
import { cellAt, type Plan } from "../plan/plan.ts";
import { WorkspaceError } from "./atomic-file.ts";
import { type ProcessEnd, runCellProcess } from "./cell-process.ts";
import { type CellEvent, type RunEvent, WORKER_EXIT } from "./events.ts";
import { recordFailure } from "./failure.ts";
import { finishedCells, missingCells } from "./missing.ts";
import type { FailureReason } from "./program.ts";
import type { ResultFolder } from "./records.ts";
import type { Workspace } from "./workspace.ts";

export interface RunOptions {
  readonly planFile: string;
  readonly programUrl: string;
  readonly workspace: Workspace;
  readonly results: ResultFolder;
  readonly jobs: number;
  /** GPUs, one for each running cell; none: cells take what they find. */
  readonly devices?: readonly string[];
  readonly retryFailed: boolean;
  /** Which cells to run; none: all. */
  readonly asked?: ((cell: PlannedCell) => boolean) | undefined;
  /** Run this cell alone, whatever its kind: it is blocked where what it needs is not there. */
  readonly only?: PlannedCell | undefined;
  /** Ask the run to stop: running cells save a checkpoint, no other begins. */
  readonly signal: AbortSignal;
  readonly onEvent: (event: RunEvent) => void;
}

export interface RunEnd {
  readonly done: number;
  readonly failed: number;
  /** Cells whose need failed. */
  readonly blocked: number;
  /** Cells that are still to do, because the run was stopped. */
  readonly left: number;
}

type Outcome = "done" | "failed" | "blocked" | "left";
/** A cell whose process is killed this often without getting any further has failed. */
const MOST_DEATHS = 3;
const PRIORITY = { start: 2, dense: 1, ticket: 0 };

/**
 * Run what is missing of a plan, each cell in a process of its own, at most `jobs` at a time, needs before what needs
 * them. A failed cell is recorded and the others go on. Throws WorkspaceError where nothing can be written any more.
 */
export async function runPlan(plan: Plan, options: RunOptions): Promise<RunEnd> {
  return new PlanRun(plan, options).run();
}

class PlanRun {
  readonly #plan: Plan;
  readonly #options: RunOptions;
  readonly #queue: PQueue;
  readonly #outcomes = new Map<string, Promise<Outcome>>();
  readonly #stop = new AbortController();
  readonly #freeDevices: string[];
  readonly #asked: (cell: PlannedCell) => boolean;
  #broken: string | null = null;

  constructor(plan: Plan, options: RunOptions) {
    this.#plan = plan;
    this.#options = options;
    const { only, asked = () => true, devices = [] } = options;
    this.#freeDevices = [...devices];
    this.#asked = only === undefined ? asked : (cell) => cell.id === only.id;
    this.#queue = new PQueue({ concurrency: Math.min(options.jobs, devices.length || options.jobs) });
  }

  async run(): Promise<RunEnd> {
    const { signal, onEvent, jobs, only } = this.#options;
    const { store } = this.#options.workspace;
    const abort = (): void => this.#stop.abort();
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    const finished = await this.#finished();
    const { study, hash, cells } = this.#plan;
    const missing = await missingCells({ plan: this.#plan, finished, store, asked: this.#asked });
    const wanted = only === undefined ? missing : new Set((await this.#isThere(only, finished)) ? [] : [only.id]);
    const counted = cells.filter((cell) => wanted.has(cell.id) || this.#asked(cell));
    const kinds = Object.fromEntries(
      [...Map.groupBy(counted, ({ kind }) => kind)].map(([kind, each]) => [kind, each.length]),
    );
    onEvent({ type: "run", study: study.name, plan: hash, cells: counted.length, kinds, jobs });
    for (const cell of cells) {
      const because = missing.has(cell.id) ? "blocked" : (finished.get(cell.id) ?? "done");
      this.#outcomes.set(cell.id, wanted.has(cell.id) ? this.#schedule(cell) : Promise.resolve(because));
    }
    for (const { id } of counted) {
      if (!wanted.has(id)) onEvent({ type: "skipped", cell: id, because: finished.get(id) ?? "done" });
    }
    const outcomes = await Promise.all(counted.map(({ id }) => this.#outcome(id)));
    signal.removeEventListener("abort", abort);
    if (this.#broken !== null) throw new WorkspaceError(this.#broken);
    const count = (outcome: Outcome): number => outcomes.filter((each) => each === outcome).length;
    const end = { done: count("done"), failed: count("failed"), blocked: count("blocked"), left: count("left") };
    onEvent({ type: "end", ...end });
    return end;
  }

  /** Whether a cell has its result and, where others may need them, its artifacts. */
  async #isThere(cell: PlannedCell, finished: ReadonlyMap<string, unknown>): Promise<boolean> {
    const hasResult = cell.kind === "start" || finished.has(cell.id);
    return hasResult && (cell.kind === "ticket" || (await this.#options.workspace.store.holds(cell.id)));
  }

  /** Cells with a verified result; damaged files are put aside, so that their cells run again. */
  async #finished(): Promise<Map<string, "done" | "failed">> {
    const { results, retryFailed, onEvent } = this.#options;
    const asked = this.#plan.cells.filter((cell) => this.#asked(cell));
    const states = await results.states(new Set(asked.flatMap((cell) => [cell.id, ...cell.needs])));
    for (const [id, state] of states) {
      if (state.state !== "damaged") continue;
      const aside = await results.setAside(state.file);
      onEvent({ type: "damaged", cell: id, message: `${state.message}; kept as ${aside}, the cell runs again` });
    }
    return finishedCells(states, retryFailed);
  }

  #outcome(id: string): Promise<Outcome> {
    const outcome = this.#outcomes.get(id);
    if (outcome === undefined) throw new Error(`the plan names a cell before those it needs: ${id}`);
    return outcome;
  }

  async #schedule(cell: PlannedCell): Promise<Outcome> {
    const needs = await Promise.all(cell.needs.map((need) => this.#outcome(need)));
    if (needs.some((outcome) => outcome === "failed" || outcome === "blocked")) {
      const message = "a cell it needs failed or is missing";
      this.#options.onEvent({ type: "skipped", cell: cell.id, because: "blocked", message });
      return "blocked";
    }
    return this.#queue.add(() => this.#runCell(cell), { priority: PRIORITY[cell.kind] });
  }

  async #runCell(planned: PlannedCell): Promise<Outcome> {
    if (this.#stop.signal.aborted) return "left";
    const device = this.#freeDevices.shift();
    const event = await this.#lastEvent(planned, device).catch((error: unknown): CellEvent => {
      if (error instanceof WorkspaceError) return { type: "broken", cell: planned.id, message: error.message };
      throw error;
    });
    if (device !== undefined) this.#freeDevices.push(device);
    this.#options.onEvent(event);
    if (event.type === "broken") {
      this.#broken ??= event.message;
      this.#stop.abort();
    }
    return event.type === "done" || event.type === "failed" ? event.type : "left";
  }

  /** Runs a cell's process, again from its checkpoint while it is killed but gets on, until it is settled. */
  async #lastEvent(planned: PlannedCell, device: string | undefined): Promise<CellEvent> {
    const { planFile, programUrl, workspace, results } = this.#options;
    const minutes = this.#plan.study.timeout;
    const furthest = new Furthest();
    for (let deaths = 0; ; ) {
      const end = await runCellProcess({
        ...{ planFile, programUrl, workspace, cell: cellAt(this.#plan, planned), device },
        jobs: this.#queue.concurrency,
        out: results.folder,
        timeout: minutes === undefined ? undefined : minutes * 60_000,
        signal: this.#stop.signal,
        onEvent: (event) => {
          furthest.see(event);
          this.#options.onEvent(event);
        },
      });
      deaths = furthest.hasMoved() ? 1 : deaths + 1;
      const isKilled = end.signal !== null && !end.timedOut && !this.#stop.signal.aborted;
      if (!isKilled || deaths >= MOST_DEATHS) return this.#settle(planned, end);
      this.#options.onEvent({ type: "killed", cell: planned.id, signal: end.signal });
    }
  }

  /** What became of a cell whose process has ended, in whatever way. */
  async #settle(planned: PlannedCell, end: ProcessEnd): Promise<CellEvent> {
    const { workspace, results } = this.#options;
    const place = { plan: this.#plan, cell: cellAt(this.#plan, planned), workspace, results };
    if (end.last !== null && end.last.type !== "interrupted") return end.last;
    const state = await results.state(planned.id);
    if (state.state === "done") return { type: "done", cell: planned.id, file: state.file };
    if (planned.kind === "start" && (await workspace.store.holds(planned.id)))
      return { type: "done", cell: planned.id };
    if (end.timedOut) return recordFailure(place, "timeout", `took longer than ${this.#plan.study.timeout} minutes`);
    if (end.exitCode === WORKER_EXIT.interrupted || this.#stop.signal.aborted) {
      return { type: "interrupted", cell: planned.id };
    }
    const [reason, message] = deathOf(end);
    return recordFailure(place, reason, message);
  }
}

/** Whether a cell has got further than ever before since one last asked. */
class Furthest {
  readonly #steps = new Map<string, number>();
  #moved = false;

  see(event: CellEvent): void {
    if (event.type !== "progress" || event.step <= (this.#steps.get(event.phase) ?? 0)) return;
    this.#steps.set(event.phase, event.step);
    this.#moved = true;
  }

  hasMoved(): boolean {
    const moved = this.#moved;
    this.#moved = false;
    return moved;
  }
}

function deathOf({ signal, exitCode }: ProcessEnd): [FailureReason, string] {
  if (signal === "SIGABRT") return ["out-of-memory", "its process ran out of memory (SIGABRT)"];
  if (signal === "SIGKILL") return ["killed", "its process was killed (SIGKILL), perhaps for want of memory"];
  if (signal !== null) return ["killed", `its process was killed by ${signal}`];
  return ["error", `its process ended with exit code ${exitCode} without saying why: see the log`];
}
