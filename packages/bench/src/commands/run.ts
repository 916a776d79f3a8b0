import { availableParallelism } from "node:os";
import { relative, resolve } from "node:path";
import { inShard, parseShard } from "../plan/shard.ts";
import { estimateCells, secondsOf } from "../plan/estimate.ts";
import { writePlan } from "../plan/plan-file.ts";
import type { Plan } from "../plan/plan.ts";
import { visibleDevices } from "../run/devices.ts";
import { duration } from "../run/eta.ts";
import type { RunEvent } from "../run/events.ts";
import { quoted } from "../executors/cell-command.ts";
import { removeOldDrafts } from "../run/garbage.ts";
import { ResultFolder } from "../run/records.ts";
import { type RunEnd, type RunOptions, runPlan } from "../run/run-plan.ts";
import type { ArtifactStore } from "../run/store.ts";
import { prepareFolder, Workspace } from "../run/workspace.ts";
import { StudyError } from "../study/error.ts";
import { chooseView } from "../view/view.ts";
import type { SubmitWords } from "./scheduler.ts";
import { leakLines } from "./leaks.ts";
import { loadProgram, planFor, programUrl } from "./study-source.ts";
import { pastResults, resultFolders } from "./past-results.ts";
import { resultTable } from "./result-table.ts";
import { startLines } from "./start.ts";

export interface RunWords extends SubmitWords {
  readonly shard?: string;
  readonly json?: boolean;
}

/** `ticketbench run`: exit code 0 when every cell has a result, 1 when one failed, 130 when it was stopped. */
export async function run(source: string, words: RunWords): Promise<void> {
  if (words.executor !== "local") return (await import("./scheduler.ts")).submit(source, words);
  const plan = await planFor(source, words);
  const devices = visibleDevices(plan.trainings[0]?.settings.engine.name ?? "cpu");
  const jobs = parseJobs(words.jobs, devices.length || availableParallelism());
  const workspace = new Workspace(resolve(words.work));
  const results = new ResultFolder(resolve(words.out ?? workspace.resultsFolder(plan.study.name)));
  await prepareFolder(workspace.root);
  await prepareFolder(results.folder);
  await removeOldDrafts(results.folder);
  const planFile = workspace.planFile(plan.study.name, plan.hash);
  await writePlan(planFile, plan);
  // Standard error: events on standard output are for programs.
  for (const line of await leakLines(plan, await loadProgram(words))) console.error(line);
  const made = new Set<string>();
  const end = await runWithView(plan, words.json === true, made, {
    ...{ planFile, workspace, results, jobs, devices },
    programUrl: programUrl(words),
    retryFailed: words.retryFailed === true,
    asked: words.shard === undefined ? undefined : inShard(parseShard(words.shard)),
  });
  if (words.json !== true) {
    await sayWhatCame(plan, results, end, workspace.store);
    await sayWhatItTook(plan, made, [...resultFolders(workspace.root), results.folder]);
  }
  process.exitCode = end.left > 0 ? 130 : end.failed + end.blocked > 0 ? 1 : 0;
}

/** The computing that this run did, beside what results from before it would have foretold. */
async function sayWhatItTook(plan: Plan, made: ReadonlySet<string>, folders: readonly string[]): Promise<void> {
  const all = await pastResults(folders);
  const mine = new Map(
    all.filter(({ id, status }) => made.has(id) && status === "done").map((each) => [each.id, each]),
  );
  const before = all.filter(({ id }) => !made.has(id));
  const estimate = await estimateCells(
    plan,
    plan.cells.filter(({ id }) => mine.has(id)),
    before,
    null,
  );
  const seconds = [...mine.values()].reduce((sum, result) => sum + secondsOf(result), 0);
  if (mine.size === 0) return;
  const foretold = estimate.unknown === 0 ? `; past results foretold ${duration(estimate.seconds)}` : "";
  console.log(`took ${duration(seconds)} of computing${foretold}`);
}

async function runWithView(
  plan: Plan,
  asJson: boolean,
  made: Set<string>,
  options: Omit<RunOptions, "signal" | "onEvent">,
): Promise<RunEnd> {
  const view = chooseView(plan, process.stdout, asJson);
  const stop = new AbortController();
  const onEvent = (event: RunEvent): void => {
    if (event.type === "done") made.add(event.cell);
    view.see(event);
  };
  const onSignal = (): void => {
    if (stop.signal.aborted) process.exit(130);
    stop.abort();
    process.stderr.write("\nstopping: running cells finish their step and save a checkpoint (again: stop at once)\n");
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  try {
    return await runPlan(plan, { ...options, signal: stop.signal, onEvent });
  } finally {
    view.close();
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
}

async function sayWhatCame(plan: Plan, results: ResultFolder, end: RunEnd, store: ArtifactStore): Promise<void> {
  const below = relative(process.cwd(), results.folder);
  const folder = below === "" || below.startsWith("..") ? results.folder : below;
  console.log(await resultTable(plan, results));
  for (const line of await startLines(plan, store)) console.log(line);
  const total = end.done + end.failed + end.blocked + end.left;
  console.log(`${end.done} of ${total} cells done; results in ${folder}/`);
  if (end.left > 0) console.log(`stopped with ${end.left} to do; go on with\n  ${sameCommand()}`);
  else if (end.failed > 0) {
    const blocked = end.blocked > 0 ? ` (and ${end.blocked} that need them wait)` : "";
    console.log(`${end.failed} failed${blocked}: the reason and the log's end are in their results; try again with`);
    console.log(`  ${sameCommand("--retry-failed")}`);
  } else console.log(`see them on the site with\n  npm run site -- --results ${folder}`);
}

/** The command as it was given, to be given again. */
function sameCommand(...more: string[]): string {
  const words = process.argv.slice(3).filter((word) => !more.includes(word));
  const all = quoted([...words, ...more]);
  return process.env.npm_lifecycle_event === "bench" ? `npm run bench -- ${all}` : `ticketbench run ${all}`;
}

/** How many cells at a time `--jobs` asks for. Throws StudyError for what is no number. */
export function parseJobs(jobs: string | undefined, otherwise: number): number {
  if (jobs === undefined) return otherwise;
  if (!/^[1-9]\d{0,3}$/.test(jobs)) throw new StudyError(`--jobs ${jobs}: expected a whole number from 1 up`);
  return Number(jobs);
}
