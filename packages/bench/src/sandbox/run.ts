import type { PlannedCell } from "../plan/cell.ts";
import type { Plan } from "../plan/plan.ts";
import { writePlan } from "../plan/plan-file.ts";
import type { ResultFolder } from "../run/records.ts";
import { type RunEnd, runPlan } from "../run/run-plan.ts";
import { prepareFolder, type Workspace } from "../run/workspace.ts";
import type { RunView } from "../view/run-view.ts";

export interface SandboxedRun {
  readonly workspace: Workspace;
  readonly results: ResultFolder;
  /** The module of the cells' work: a sandboxed program, unless a test brings another. */
  readonly programUrl: string;
  readonly view: RunView;
  readonly jobs: number;
  /** Which cells to run; none: all. */
  readonly asked?: (cell: PlannedCell) => boolean;
}

/** Runs what is missing of a plan until it is done or Ctrl-C stops it, and returns how it ended. */
export async function runSandboxed(plan: Plan, options: SandboxedRun): Promise<RunEnd> {
  const { workspace, results, view, programUrl, asked, jobs } = options;
  await prepareFolder(workspace.root);
  await prepareFolder(results.folder);
  const planFile = workspace.planFile(plan.study.name, plan.hash);
  await writePlan(planFile, plan);
  const stop = new AbortController();
  const abort = (): void => stop.abort();
  process.once("SIGINT", abort).once("SIGTERM", abort);
  try {
    return await runPlan(plan, {
      ...{ planFile, programUrl, workspace, results, jobs, retryFailed: true, asked },
      signal: stop.signal,
      onEvent: (event) => view.see(event),
    });
  } finally {
    view.close();
    process.off("SIGINT", abort).off("SIGTERM", abort);
  }
}
