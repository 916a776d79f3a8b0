import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import type { DoneResult, Result } from "@ticketbench/results";
import { readResults } from "@ticketbench/results/node";
import { contentHash } from "../plan/canonical.ts";
import type { Cell, PlannedCell } from "../plan/cell.ts";
import { cellAt, type Plan, planStudy } from "../plan/plan.ts";
import type { Program } from "../run/program.ts";
import { environmentOf } from "../run/provenance.ts";
import { ResultFolder } from "../run/records.ts";
import { prepareFolder, Workspace } from "../run/workspace.ts";
import { warnWithoutWall } from "../sandbox/launch.ts";
import { sandboxProgram } from "../sandbox/program-url.ts";
import { runSandboxed } from "../sandbox/run.ts";
import { StudyError } from "../study/error.ts";
import { parseStudy } from "../study/load.ts";
import { PlainView } from "../view/plain-view.ts";
import { wrap } from "./columns.ts";
import { REPOSITORY, resultFolders } from "./past-results.ts";
import { programUrl } from "./study-source.ts";
import {
  environmentLines,
  finished,
  identityDifferences,
  isSameEnvironment,
  measuredDifferences,
  noiseOf,
  staleReasons,
} from "./verify-compare.ts";

export interface VerifyWords {
  readonly work: string;
  readonly sample: string;
  readonly seed?: string;
  readonly track: string;
  readonly program?: string;
}

/** As wide as a verdict's word. */
const INDENT = " ".repeat(10);
/** What a terminal of 80 columns leaves of a line. */
const WIDTH = 80 - INDENT.length;

/** Where re-runs happen, and by which code. */
interface Bench {
  readonly folder: string;
  readonly programUrl: string;
  readonly program: Program;
  /** The change of accuracy that another machine may bring. */
  readonly noise: number;
}

/**
 * `ticketbench verify`: run some published cells again, from nothing and with the methods' code in a sandbox, and compare.
 * The same engine on the same family of processors gives the same bytes; another one may differ by noise, and both
 * environments are shown where it does. Exit code 1 when a result differs, or is not of the cell that it says.
 */
export async function verify(folders: readonly string[], words: VerifyWords): Promise<void> {
  if (!/^[1-9]\d{0,4}$/.test(words.sample))
    throw new StudyError(`--sample ${words.sample}: expected a whole number from 1 up`);
  const places = folders.length > 0 ? folders.map((folder) => resolve(folder)) : resultFolders(words.work);
  const stored = (await Promise.all(places.map((folder) => readResults(folder)))).flat().map(({ result }) => result);
  const seed = words.seed ?? randomBytes(4).toString("hex");
  const chosen = drawResults(stored, words.track, Number(words.sample), seed);
  if (chosen.length === 0) throw new StudyError(`${places.join(", ")}: no finished result of track ${words.track}`);
  warnWithoutWall();
  console.log(`verifying ${chosen.length} of ${stored.length} results, drawn with --seed ${seed}`);
  const bench = await prepare(words, noiseOf(stored));
  let differing = 0;
  for (const published of chosen) if (!(await agrees(published, bench))) differing++;
  if (differing === 0) rmSync(bench.folder, { recursive: true });
  else console.log(`${differing} of ${chosen.length} differ; the new results and logs are in ${bench.folder}`);
  process.exitCode = differing > 0 ? 1 : 0;
}

async function prepare(words: VerifyWords, noise: number): Promise<Bench> {
  const url = words.program === undefined ? sandboxProgram() : programUrl(words);
  const { default: program } = (await import(url)) as { default: Program };
  const workspace = new Workspace(resolve(words.work));
  await prepareFolder(workspace.root);
  // Studies of published results name their start weights from here.
  process.chdir(REPOSITORY);
  return { folder: mkdtempSync(join(workspace.root, "verify-")), programUrl: url, program, noise };
}

/** Runs one published cell again and says how it compares. */
async function agrees(published: DoneResult, bench: Bench): Promise<boolean> {
  const plan = await planOf(published, bench);
  const cells = plan.cells.map((cell) => cellAt(plan, cell));
  const cell = cells.find(({ id }) => id === published.id);
  const here = await environmentOf(plan, cell ?? (cells.at(-1) as Cell));
  if (cell === undefined) {
    tell("STALE", published, ["no cell of its study has its id", ...staleReasons(published, cells)], here);
    return false;
  }
  const identity = identityDifferences(published, cell);
  if (identity.length > 0) {
    tell("DIFFERENT", published, identity, here);
    return false;
  }
  const rerun = await runAgain(plan, cell, bench);
  const found = measuredDifferences(published, rerun, bench.noise);
  if (found.length > 0) tell("DIFFERENT", published, found, rerun ?? here);
  else if (rerun !== null && isSameEnvironment(published, rerun)) console.log(`equal     ${describe(published)}`);
  else console.log(`within    ${describe(published)} noise: made elsewhere`);
  return found.length === 0;
}

/** A result that does not hold: what was found, the whole id to look it up by, and both environments. */
function tell(
  verdict: string,
  published: DoneResult,
  found: readonly string[],
  here: Pick<Result, "provenance" | "hardware">,
): void {
  const lines = [
    ...found.flatMap((line) => wrap(line, WIDTH)),
    `cell ${published.id}`,
    ...environmentLines(published, here, WIDTH),
  ];
  console.log([`${verdict.padEnd(9)} ${describe(published)}`, ...lines.map((line) => INDENT + line)].join("\n"));
}

/** `count` of the finished results of a track: the first by a hash of seed and id, so that a seed names a draw. */
export function drawResults(results: readonly Result[], track: string, count: number, seed: string): DoneResult[] {
  return finished(results, track)
    .map((result) => ({ result, key: contentHash([seed, result.id]) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .slice(0, count)
    .map(({ result }) => result);
}

/** Today's plan of the study that a result came from, on the engine it was made on. */
async function planOf(published: DoneResult, { program }: Bench): Promise<Plan> {
  const resolved = { ...published.study.resolved, engine: published.provenance.engine.name };
  return planStudy(parseStudy(resolved, `result ${published.id}`), program.identities);
}

async function runAgain(plan: Plan, cell: PlannedCell, bench: Bench): Promise<Result | null> {
  const workspace = new Workspace(bench.folder);
  const results = new ResultFolder(workspace.resultsFolder(plan.study.name));
  await runSandboxed(plan, {
    ...{ workspace, results, programUrl: bench.programUrl, jobs: availableParallelism() },
    view: new PlainView(plan, process.stderr),
    asked: ({ id }) => id === cell.id,
  });
  const state = await results.state(cell.id);
  return "result" in state ? state.result : null;
}

function describe({ method, target, seed, study }: DoneResult): string {
  const what = method === null ? "dense" : `${method.id} ${100 * target} %`;
  return `${what} seed ${seed} of ${study.name}`;
}
