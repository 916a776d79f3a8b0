import type { PlannedCell } from "../plan/cell.ts";
import type { Plan } from "../plan/plan.ts";
import { finishedCells, missingCells } from "../run/missing.ts";
import type { ResultFolder } from "../run/records.ts";
import type { Workspace } from "../run/workspace.ts";

/** Cells that may run side by side, by their index in the plan, after those of the levels before. */
export interface Level {
  readonly kind: PlannedCell["kind"];
  readonly indices: readonly number[];
}

/** Everything a scheduler's job has to know to run cells of a plan. */
export interface Submission {
  readonly plan: Plan;
  /** Absolute paths, the same on every machine of the cluster. */
  readonly planFile: string;
  readonly workspace: Workspace;
  readonly results: ResultFolder;
  readonly programUrl: string;
  readonly levels: readonly Level[];
}

/** What is missing of a plan, level by level; a failed cell is missing only where it is to be tried again. */
export async function missingLevels(
  plan: Plan,
  results: ResultFolder,
  { store }: Workspace,
  retryFailed: boolean,
): Promise<Level[]> {
  const states = await results.states(plan.cells.map((cell) => cell.id));
  const missing = await missingCells({ plan, finished: finishedCells(states, retryFailed), store, asked: () => true });
  return (["start", "dense", "ticket"] as const).flatMap((kind) => {
    const indices = plan.cells.flatMap((cell, index) => (cell.kind === kind && missing.has(cell.id) ? [index] : []));
    return indices.length === 0 ? [] : [{ kind, indices }];
  });
}
