import { copyFile, mkdir, rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { basename, join, resolve } from "node:path";
import { describeFinding } from "@ticketbench/prune";
import { type DoneResult, type MethodCard, type Result, verdictComment } from "@ticketbench/results";
import {
  readDatasetCards,
  readResults,
  writeDatasetCard,
  writeMethodCards,
  writeResult,
} from "@ticketbench/results/node";
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
import type { Study } from "../study/study.ts";
import { chooseView } from "../view/view.ts";
import { isLoadable, methodCard } from "./methods-export.ts";
import { REPOSITORY } from "./past-results.ts";
import { parseJobs } from "./run.ts";
import { site } from "./site.ts";
import { parsePort, serveFolder } from "./static-server.ts";

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
  /** What the method says of itself, and what the conformance kit found. */
  readonly card: MethodCard;
  /** Name of the study whose cells were run. */
  readonly study: string;
  /** None where the method's file cannot be loaded. */
  readonly results: readonly Result[];
  /** Holds exactly these results with their dataset cards, and the method's card. */
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
  const port = parsePort(words.port);
  const work = resolve(words.work);
  const { method, card, results, folder, comment } = await previewOf(nameOrPath, words);
  const to = join(work, "site");
  const isShown = results.length > 0;
  if (isShown)
    await site({ work, results: [PUBLISHED, folder], to, port: words.port, serve: false, preview: method.id });
  console.log(`\n${comment}\n`);
  const failed = card.conformance.filter(({ outcome }) => outcome === "failed");
  for (const { check, line } of failed) console.log(describeFinding({ status: "failed", check, message: line }));
  if (failed.length > 0 || !isWhole(results, method.id)) process.exitCode = 1;
  if (words.open && isShown) await serveFolder(to, port, { open: true });
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
  const study = loadStudy(STUDY, [methodsOf(method.id), ...(words.set ?? [])]);
  const jobs = parseJobs(words.jobs, availableParallelism());
  warnWithoutWall();
  const findings = await checkInSandbox(method.file, { budget: CHECK_SECONDS });
  const card = await methodCard(method.id, method.file, findings);
  const stored = new ResultFolder(workspace.resultsFolder(study.name));
  const results = isLoadable(findings) ? await runStudy(study, method, { workspace, stored, jobs }) : [];
  const folder = join(workspace.root, "preview", method.id);
  await rm(folder, { recursive: true, force: true });
  // Exactly these results: those of earlier versions of the method stay behind.
  for (const result of results) await writeResult(folder, result);
  for (const dataset of await readDatasetCards(stored.folder)) await writeDatasetCard(folder, dataset);
  await writeMethodCards(folder, { version: 1, methods: [card] });
  return { method, card, study: study.name, results, folder, comment: await commentOn(card, results) };
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

/** Runs what is missing of the study; returns the results of its cells, as far as it came. */
async function runStudy(
  study: Study,
  method: Contribution,
  { workspace, stored, jobs }: { workspace: Workspace; stored: ResultFolder; jobs: number },
): Promise<Result[]> {
  const programUrl = sandboxProgram(method.paths);
  const { identities } = ((await import(programUrl)) as { default: Program }).default;
  const plan = await planStudy(study, identities);
  const view = chooseView(plan, process.stdout, false);
  await takePublished(plan, stored);
  await runSandboxed(plan, { workspace, results: stored, programUrl, view, jobs });
  const states = await stored.states(plan.cells.map(({ id }) => id));
  return [...states.values()].flatMap((state) => ("result" in state ? [state.result] : []));
}

async function commentOn({ id, conformance }: MethodCard, results: readonly Result[]): Promise<string> {
  const published = (await readResults(PUBLISHED)).map(({ result }) => result);
  const baseline = published.filter((result): result is DoneResult => result.track === "mini");
  return verdictComment({ method: id, results, baseline, conformance, links: {} });
}
