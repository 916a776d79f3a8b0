import type { PlannedCell } from "../plan/cell.ts";
import type { Plan } from "../plan/plan.ts";
import type { CellState } from "./records.ts";
import type { ArtifactStore } from "./store.ts";

/** Cells whose result stands, by id. A failed one stands unless it is to be tried again. */
export function finishedCells(
  states: ReadonlyMap<string, CellState>,
  retryFailed: boolean,
): Map<string, "done" | "failed"> {
  const finished = new Map<string, "done" | "failed">();
  for (const [id, { state }] of states) {
    if (state === "done" || (state === "failed" && !retryFailed)) finished.set(id, state);
  }
  return finished;
}

export interface MissingQuestion {
  readonly plan: Plan;
  readonly finished: ReadonlyMap<string, "done" | "failed">;
  readonly store: ArtifactStore;
  /** Which cells are asked for. Start weights are no result: they are made only where a cell needs them. */
  readonly asked: (cell: PlannedCell) => boolean;
}

/**
 * The cells that have to run: those asked for that have no result, and those whose artifacts they need and the store
 * does not hold (any more), however long ago they were finished.
 */
export async function missingCells({ plan, finished, store, asked }: MissingQuestion): Promise<Set<string>> {
  const wanted = plan.cells.filter((cell) => cell.kind !== "start" && asked(cell) && !finished.has(cell.id));
  const missing = new Set(wanted.map(({ id }) => id));
  const held = new Map<string, boolean>();
  // What needs comes after what is needed, so that from the end every need is seen before its own needs.
  for (const cell of plan.cells.toReversed()) {
    if (!missing.has(cell.id)) continue;
    for (const need of cell.needs) {
      if (!held.has(need)) held.set(need, await store.holds(need));
      if (held.get(need) === false && finished.get(need) !== "failed") missing.add(need);
    }
  }
  return missing;
}
