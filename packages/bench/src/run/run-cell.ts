import { setImmediate } from "node:timers/promises";
import type { Logger } from "pino";
import type { Cell } from "../plan/cell.ts";
import type { Plan } from "../plan/plan.ts";
import { WorkspaceError } from "./atomic-file.ts";
import { decodeBundle, encodeBundle } from "./bundle.ts";
import { CheckpointFolder } from "./checkpoints.ts";
import type { CellEvent } from "./events.ts";
import { recordFailure } from "./failure.ts";
import {
  type CellContext,
  CellFailure,
  type FailureReason,
  Interrupted,
  type Program,
  type Progress,
} from "./program.ts";
import { resultIdentity } from "./provenance.ts";
import type { ResultFolder } from "./records.ts";
import { ArtifactError } from "./store.ts";
import type { Workspace } from "./workspace.ts";

/** All that a cell's process is given. */
export interface CellRun {
  readonly plan: Plan;
  readonly cell: Cell;
  readonly program: Program;
  readonly workspace: Workspace;
  readonly results: ResultFolder;
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly emit: (event: CellEvent) => void;
}

/** Run one cell to its end: its result is written, or its failure is, or it stopped with its checkpoint saved. */
export async function runCell(run: CellRun): Promise<CellEvent> {
  const { cell, log } = run;
  log.info({ cell: cell.id, label: cell.label }, "cell starts");
  try {
    const file = await measure(run);
    log.info({ file }, "cell done");
    return { type: "done", cell: cell.id, ...(file === null ? {} : { file }) };
  } catch (error) {
    if (error instanceof Interrupted) return { type: "interrupted", cell: cell.id };
    log.error({ err: error }, "cell failed");
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof WorkspaceError || error instanceof ArtifactError) {
      return { type: "broken", cell: cell.id, message };
    }
    return await recordFailure(run, failureReason(error), message);
  }
}

async function measure(run: CellRun): Promise<string | null> {
  const { plan, cell, program, results } = run;
  const checkpoints = new CheckpointFolder(run.workspace.checkpoints(cell.id), (name) =>
    run.log.warn({ name }, "this checkpoint is damaged and is not used"),
  );
  const measurement = await program.run(cell, cellContext(run, checkpoints));
  let file: string | null = null;
  if (cell.kind === "start") {
    if (!(await run.workspace.store.holds(cell.id))) throw new Error("a start cell must keep its weights");
  } else {
    if (measurement === null) throw new Error("a dense or ticket cell must return what it measured");
    file = await results.write({ ...(await resultIdentity(plan, cell)), ...measurement, status: "done" });
  }
  await checkpoints.clear();
  return file;
}

function cellContext(run: CellRun, checkpoints: CheckpointFolder): CellContext {
  const { cell, signal, log, workspace, results } = run;
  const { store } = workspace;
  const throttle = new ReportThrottle((progress) => run.emit({ type: "progress", cell: cell.id, ...progress }));
  return {
    signal,
    log,
    checkpoints,
    report: (progress) => throttle.report(progress),
    async breathe() {
      await setImmediate();
      if (signal.aborted) throw new Interrupted();
    },
    async keep(name, bundle) {
      const hash = await store.put(encodeBundle(bundle));
      await store.link(cell.id, name, hash);
      return hash;
    },
    async artifact(owner, name) {
      const hash = (await store.links(owner)).get(name);
      if (hash === undefined) throw new ArtifactError(`cell ${owner} kept no artifact "${name}"`);
      return decodeBundle(await store.get(hash));
    },
    async publishCard(card) {
      if (!(await results.writeCard(card))) log.warn({ split: card.split }, "another card of these questions is there");
    },
  };
}

const REPORT_MILLISECONDS = 200;

/** Passes on at most five reports a second, and always the one that ends a phase or brings an accuracy. */
class ReportThrottle {
  #last = Number.NEGATIVE_INFINITY;
  readonly #emit: (progress: Progress) => void;

  constructor(emit: (progress: Progress) => void) {
    this.#emit = emit;
  }

  report(progress: Progress): void {
    const now = performance.now();
    const isDue = now - this.#last >= REPORT_MILLISECONDS;
    if (!isDue && progress.step < progress.steps && progress.accuracy === undefined) return;
    this.#last = now;
    this.#emit(progress);
  }
}

function failureReason(error: unknown): FailureReason {
  if (error instanceof CellFailure) return error.reason;
  const text = error instanceof Error ? error.message : "";
  return /out of memory|allocation failed|invalid (typed )?array length|could not allocate/i.test(text)
    ? "out-of-memory"
    : "error";
}
