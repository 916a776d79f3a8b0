import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { currentResults, type DoneResult, diffResults, type Result, sameMeasurement } from "@ticketbench/results";
import { readResults } from "@ticketbench/results/node";
import { contentHash } from "../plan/canonical.ts";
import type { PlannedCell } from "../plan/cell.ts";
import { type Plan, planStudy } from "../plan/plan.ts";
import { writePlan } from "../plan/plan-file.ts";
import type { Program } from "../run/program.ts";
import { ResultFolder } from "../run/records.ts";
import { runPlan } from "../run/run-plan.ts";
import { prepareFolder, Workspace } from "../run/workspace.ts";
import { StudyError } from "../study/error.ts";
import { parseStudy } from "../study/load.ts";
import { PlainView } from "../view/plain-view.ts";
import { resultFolders } from "./past-results.ts";
import { loadProgram, programUrl } from "./study-source.ts";

export interface VerifyWords {
  readonly work: string;
  readonly sample: string;
  readonly seed?: string;
  readonly track: string;
  readonly program?: string;
}

/** A published result and the cell that makes it anew. */
interface Rerun {
  readonly published: DoneResult;
  readonly plan: Plan;
  readonly cell: PlannedCell;
}

/**
 * `ticketbench verify`: run some published cells again, from nothing, and compare mask, scores and answers bit for bit.
 * Exit code 1 when one differs.
 */
export async function verify(folders: readonly string[], words: VerifyWords): Promise<void> {
  if (!/^[1-9]\d{0,4}$/.test(words.sample))
    throw new StudyError(`--sample ${words.sample}: expected a whole number from 1 up`);
  const places = folders.length > 0 ? folders : resultFolders(words.work);
  const stored = (await Promise.all(places.map((folder) => readResults(folder)))).flat().map(({ result }) => result);
  const seed = words.seed ?? randomBytes(4).toString("hex");
  const chosen = drawResults(stored, words.track, Number(words.sample), seed);
  if (chosen.length === 0) throw new StudyError(`${places.join(", ")}: no finished result of track ${words.track}`);
  console.log(`verifying ${chosen.length} of ${stored.length} results, drawn with --seed ${seed}`);
  const program = await loadProgram(words);
  await prepareFolder(words.work);
  const folder = mkdtempSync(join(resolve(words.work), "verify-"));
  let differing = 0;
  for (const published of chosen) {
    const rerun = await runAgain(await rerunOf(published, program), folder, words);
    const isEqual = rerun !== null && sameMeasurement(published, rerun);
    if (!isEqual) differing++;
    console.log(
      `${isEqual ? "equal    " : "DIFFERENT"} ${describe(published)}${isEqual ? "" : `: ${differences(published, rerun)}`}`,
    );
  }
  if (differing === 0) rmSync(folder, { recursive: true });
  else console.log(`${differing} of ${chosen.length} differ; the new results and logs are in ${folder}`);
  process.exitCode = differing > 0 ? 1 : 0;
}

/** `count` of the finished results of a track: the first by a hash of seed and id, so that a seed names a draw. */
export function drawResults(results: readonly Result[], track: string, count: number, seed: string): DoneResult[] {
  return currentResults(results)
    .filter((result): result is DoneResult => result.status === "done" && result.track === track)
    .map((result) => ({ result, key: contentHash([seed, result.id]) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .slice(0, count)
    .map(({ result }) => result);
}

/** The cell of today's plan of the same study that a result came from, on the engine it was made on. */
async function rerunOf(published: DoneResult, { identities }: Program): Promise<Rerun> {
  const resolved = { ...published.study.resolved, engine: published.provenance.engine.name };
  const plan = await planStudy(parseStudy(resolved, `result ${published.id}`), identities);
  const cell = plan.cells.find(({ id }) => id === published.id);
  if (cell === undefined) {
    throw new StudyError(
      `result ${published.id} (${describe(published)}): this code no longer makes that cell: its method, data or start ` +
        `weights have changed since commit ${published.provenance.gitSha ?? "unknown"}`,
    );
  }
  return { published, plan, cell };
}

async function runAgain({ plan, cell }: Rerun, folder: string, words: VerifyWords): Promise<Result | null> {
  const workspace = new Workspace(folder);
  const results = new ResultFolder(workspace.resultsFolder(plan.study.name));
  const planFile = workspace.planFile(plan.study.name, plan.hash);
  await writePlan(planFile, plan);
  const view = new PlainView(plan, process.stderr);
  await runPlan(plan, {
    ...{ planFile, workspace, results, jobs: availableParallelism(), retryFailed: false },
    programUrl: programUrl(words),
    asked: ({ id }) => id === cell.id,
    signal: new AbortController().signal,
    onEvent: (event) => view.see(event),
  });
  const state = await results.state(cell.id);
  return "result" in state ? state.result : null;
}

function describe({ method, target, seed, study }: DoneResult): string {
  const what = method === null ? "dense" : `${method.id} ${100 * target} %`;
  return `${what} seed ${seed} of ${study.name}`;
}

function differences(published: DoneResult, rerun: Result | null): string {
  if (rerun === null) return "it could not be run";
  if (rerun.status === "failed") return `it failed: ${rerun.failure.reason}: ${rerun.failure.message}`;
  const mask = published.maskHash === rerun.maskHash ? [] : ["another mask"];
  const phases = diffResults(published, rerun).phases.map(
    ({ phase, changedQuestions }) => `${phase}: ${changedQuestions ?? "all"} questions changed`,
  );
  return [...mask, ...phases].join(", ") || "other answers with the same scores";
}
