import { copyFile, mkdir, rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { basename, join, resolve } from "node:path";
import { describeFinding, type Finding } from "@ticketbench/prune";
import { type DoneResult, type Result, verdictComment } from "@ticketbench/results";
import { readDatasetCards, readResults, writeDatasetCard } from "@ticketbench/results/node";
import { planStudy, type Plan } from "../plan/plan.ts";
import type { Program } from "../run/program.ts";
import { ResultFolder } from "../run/records.ts";
import { Workspace } from "../run/workspace.ts";
import { checkInSandbox } from "../sandbox/check.ts";
import { type Contribution, contributionOf } from "../sandbox/contribution.ts";
import { warnWithoutWall } from "../sandbox/launch.ts";
import { sandboxProgram } from "../sandbox/program-url.ts";
import { runSandboxed } from "../sandbox/run.ts";
import { loadStudy } from "../study/load.ts";
import { chooseView } from "../view/view.ts";
import { REPOSITORY } from "./past-results.ts";
import { parseJobs } from "./run.ts";
import { site } from "./site.ts";
import { serveFolder } from "./static-server.ts";

export interface PreviewWords {
  readonly work: string;
  readonly open: boolean;
  readonly port: string;
  readonly jobs?: string;
  readonly set?: readonly string[];
}

/** A method beside its controls, as far as it was run. */
export interface Preview {
  readonly method: Contribution;
  readonly plan: Plan;
  readonly findings: readonly Finding[];
  readonly results: readonly Result[];
  /** Holds exactly the plan's results and their dataset cards. */
  readonly folder: string;
  /** The comment that a pull request with these results gets. */
  readonly comment: string;
}

const STUDY = join(REPOSITORY, "configs", "preview.yaml");
/** The published results. */
export const PUBLISHED = join(REPOSITORY, "results");
const CHECK_SECONDS = 60;

/**
 * `ticketbench preview`: a method and its controls on mini-VQA, the verdict that its pull request will get, and the site
 * with its curve among the published ones. Exit code 1 when a check or a cell failed.
 */
export async function preview(nameOrPath: string, words: PreviewWords): Promise<void> {
  const work = resolve(words.work);
  const { method, findings, results, folder, comment } = await previewOf(nameOrPath, words);
  const to = join(work, "site");
  await site({ work, results: [PUBLISHED, folder], to, port: words.port, serve: false, preview: method.id });
  const failed = findings.filter(({ status }) => status === "failed");
  console.log(`\n${comment}\n`);
  for (const finding of failed) console.log(describeFinding(finding));
  if (failed.length > 0 || !isWhole(results, method.id)) process.exitCode = 1;
  if (words.open) await serveFolder(to, Number(words.port));
}

/** Whether the method has results and no cell failed. */
function isWhole(results: readonly Result[], id: string): boolean {
  return results.every(({ status }) => status === "done") && results.some(({ method }) => method?.id === id);
}

/** Checks a method and runs what is missing of its preview. Cells of controls are shared by all previews of a folder. */
export async function previewOf(nameOrPath: string, words: Omit<PreviewWords, "open" | "port">): Promise<Preview> {
  const method = await contributionOf(nameOrPath);
  const workspace = new Workspace(resolve(words.work));
  // The study's start weights are named in its results as they are found from here, whatever folder this runs in.
  process.chdir(REPOSITORY);
  warnWithoutWall();
  const findings = await checkInSandbox(method.file, { budget: CHECK_SECONDS });
  const programUrl = sandboxProgram(method.paths);
  const { identities } = ((await import(programUrl)) as { default: Program }).default;
  const plan = await planStudy(loadStudy(STUDY, [methodsOf(method.id), ...(words.set ?? [])]), identities);
  const stored = new ResultFolder(workspace.resultsFolder(plan.study.name));
  const jobs = parseJobs(words.jobs, availableParallelism());
  const view = chooseView(plan, process.stdout, false);
  await takePublished(plan, stored);
  await runSandboxed(plan, { workspace, results: stored, programUrl, view, jobs });
  const folder = join(workspace.root, "preview", method.id);
  const results = await gather(plan, stored, folder);
  return { method, plan, findings, results, folder, comment: await commentOn(method.id, results, findings) };
}

/** The preview's methods: the controls that its study names, the method itself, and its mask shuffled. */
function methodsOf(id: string): string {
  const named = loadStudy(STUDY, []).methods.map((method) => (typeof method === "string" ? method : method.id));
  const controls = named.filter((control) => control !== id);
  return `methods=[${[...controls, id].join(", ")}, {id: shuffle, params: {of: ${id}}}]`;
}

/** Lays the plan's cells that are published already into the folder, so that they need no running. */
async function takePublished(plan: Plan, stored: ResultFolder): Promise<void> {
  const wanted = new Set(plan.cells.map(({ id }) => id));
  await mkdir(stored.folder, { recursive: true });
  for (const { file, result } of await readResults(PUBLISHED))
    if (result.status === "done" && wanted.has(result.id)) await copyFile(file, join(stored.folder, basename(file)));
  for (const card of await readDatasetCards(PUBLISHED)) await writeDatasetCard(stored.folder, card);
}

/** Copies exactly the results of this plan into a folder of their own: earlier versions of the method stay behind. */
async function gather(plan: Plan, stored: ResultFolder, folder: string): Promise<Result[]> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const card of await readDatasetCards(stored.folder)) await writeDatasetCard(folder, card);
  const results: Result[] = [];
  for (const state of (await stored.states(plan.cells.map(({ id }) => id))).values()) {
    if (!("result" in state)) continue;
    await copyFile(state.file, join(folder, basename(state.file)));
    results.push(state.result);
  }
  return results;
}

async function commentOn(id: string, results: readonly Result[], findings: readonly Finding[]): Promise<string> {
  const published = (await readResults(PUBLISHED)).map(({ result }) => result);
  return verdictComment({
    method: id,
    results,
    baseline: published.filter((result): result is DoneResult => result.track === "mini"),
    conformance: findings.map(({ check, status, message }) => ({ check, outcome: status, line: message })),
    links: {},
  });
}
