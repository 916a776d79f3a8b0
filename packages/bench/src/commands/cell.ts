import { resolve } from "node:path";
import { readIndices } from "../executors/indices.ts";
import { cellAt } from "../plan/plan.ts";
import { readPlan } from "../plan/plan-file.ts";
import { WORKER_EXIT } from "../run/events.ts";
import { ResultFolder } from "../run/records.ts";
import { runPlan } from "../run/run-plan.ts";
import { prepareFolder, Workspace } from "../run/workspace.ts";
import { StudyError } from "../study/error.ts";
import { PlainView } from "../view/plain-view.ts";
import { programUrl } from "./study-source.ts";

export interface CellWords {
  readonly work: string;
  readonly out?: string;
  readonly program?: string;
  readonly index: string;
  readonly of?: string;
}

/**
 * `ticketbench cell`: one cell of a frozen plan, as a scheduler's task. Exit code 0: its result is there; 1: it failed
 * or what it needs is missing; 75: it was asked to stop (SIGTERM, SIGUSR1, SIGINT) and goes on when started again.
 */
export async function cell(planFile: string, words: CellWords): Promise<void> {
  const plan = readPlan(planFile);
  const index = indexOf(words);
  const chosen = plan.cells[index];
  if (chosen === undefined) throw new StudyError(`--index ${index}: ${planFile} has ${plan.cells.length} cells`);
  const workspace = new Workspace(resolve(words.work));
  const results = new ResultFolder(resolve(words.out ?? workspace.resultsFolder(plan.study.name)));
  await prepareFolder(workspace.root);
  await prepareFolder(results.folder);
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGUSR1", "SIGINT"] as const) process.on(signal, () => stop.abort());
  const view = new PlainView({ ...plan, cells: [cellAt(plan, chosen)] }, process.stdout);
  const end = await runPlan(plan, {
    ...{ planFile: resolve(planFile), workspace, results, jobs: 1, retryFailed: true, only: chosen },
    programUrl: programUrl(words),
    signal: stop.signal,
    onEvent: (event) => view.see(event),
  });
  process.exitCode = end.left > 0 ? WORKER_EXIT.interrupted : end.failed + end.blocked > 0 ? 1 : 0;
}

function indexOf({ index, of }: CellWords): number {
  if (!/^\d{1,9}$/.test(index)) throw new StudyError(`--index ${index}: expected a whole number`);
  if (of === undefined) return Number(index);
  const listed = readIndices(of);
  const chosen = listed[Number(index)];
  if (chosen === undefined) throw new StudyError(`--index ${index}: --of names ${listed.length} cells`);
  return chosen;
}
