import { join, relative, resolve } from "node:path";
import { githubMatrix, LARGEST_MATRIX } from "../executors/gha.ts";
import { applyCommand, kubernetesJobs } from "../executors/k8s.ts";
import { describeSlurm, submitSlurm } from "../executors/slurm.ts";
import { missingLevels, type Submission } from "../executors/submission.ts";
import type { Plan } from "../plan/plan.ts";
import { writePlan } from "../plan/plan-file.ts";
import { writeAtomic } from "../run/atomic-file.ts";
import { ResultFolder } from "../run/records.ts";
import { prepareFolder, Workspace } from "../run/workspace.ts";
import { nearest } from "../study/complaint.ts";
import { StudyError } from "../study/error.ts";
import { planFor, programUrl, type StudyWords } from "./study-source.ts";

/** Words that say how a scheduler is to run cells. */
export interface ExecutorWords {
  readonly jobs?: string;
  readonly sbatch?: readonly string[];
  readonly image?: string;
  readonly claim?: string;
  readonly mount?: string;
  readonly gpus: string;
}

export interface SubmitWords extends StudyWords, ExecutorWords {
  readonly work: string;
  readonly out?: string;
  readonly executor: string;
  readonly retryFailed?: boolean;
  readonly dryRun?: boolean;
}

type Executor = (submission: Submission, words: SubmitWords) => Promise<string>;
const EXECUTORS: Readonly<Record<string, Executor>> = { slurm: toSlurm, k8s: toKubernetes, gha: toGithub };

/** `ticketbench run --executor`: hand what is missing of a study to a scheduler. Nothing is submitted in a dry run. */
export async function submit(source: string, words: SubmitWords): Promise<void> {
  refuseUnknownExecutor(words.executor);
  console.log(await submitPlan(await planFor(source, words), words));
}

/** Throws StudyError for a scheduler that is none, naming those there are. */
export function refuseUnknownExecutor(name: string): void {
  if (name === "local" || Object.hasOwn(EXECUTORS, name)) return;
  const names = ["local", ...Object.keys(EXECUTORS)];
  const near = nearest(name, names);
  throw new StudyError(`--executor ${name}: expected ${names.join(", ")}${near ? `; did you mean ${near}?` : ""}`);
}

/**
 * Hands what is missing of a plan to a scheduler and returns what is to be said of it; in a dry run that is what would be
 * submitted: batch scripts, jobs in YAML, or a workflow's matrix.
 */
export async function submitPlan(plan: Plan, words: SubmitWords): Promise<string> {
  const executor = EXECUTORS[words.executor] as Executor;
  const submission = await submissionOf(plan, words);
  return submission.levels.length === 0 ? nothingToDo(words) : executor(submission, words);
}

async function submissionOf(plan: Plan, words: SubmitWords): Promise<Submission> {
  const workspace = new Workspace(resolve(words.work));
  const results = new ResultFolder(resolve(words.out ?? workspace.resultsFolder(plan.study.name)));
  await prepareFolder(workspace.root);
  await prepareFolder(results.folder);
  const planFile = workspace.planFile(plan.study.name, plan.hash);
  await writePlan(planFile, plan);
  const levels = await missingLevels(plan, results, workspace, words.retryFailed === true);
  return { plan, planFile, workspace, results, programUrl: programUrl(words), levels };
}

/** A workflow reads the matrix, also an empty one. */
function nothingToDo({ executor }: SubmitWords): string {
  return executor === "gha" ? JSON.stringify(githubMatrix([], 1)) : "nothing to submit: every cell has its result";
}

async function toSlurm(submission: Submission, words: SubmitWords): Promise<string> {
  if (words.dryRun) return describeSlurm(submission, words.sbatch ?? []);
  const jobs = await submitSlurm(submission, words.sbatch ?? []);
  return `${jobs.join("\n")}\ngive the same command again when they are done: it submits only what is still missing`;
}

async function toKubernetes(submission: Submission, words: SubmitWords): Promise<string> {
  const { image, claim, mount = submission.workspace.root } = words;
  if (image === undefined || claim === undefined) {
    throw new StudyError("--executor k8s needs --image (this repository, installed) and --claim (a volume claim)");
  }
  const jobs = kubernetesJobs(submission, {
    image,
    claim,
    mount,
    parallelism: count(words, 8),
    gpus: gpusOf(words),
  });
  if (words.dryRun) return jobs.map(({ yaml }) => yaml).join("---\n");
  const folder = join(submission.workspace.root, "k8s", submission.plan.hash.slice(0, 12));
  const files = jobs.map(({ name, yaml }) => ({ name, yaml, file: join(folder, `${name}.yaml`) }));
  for (const { file, yaml } of files) await writeAtomic(file, yaml);
  return `wrote ${files.length} jobs into ${relative(process.cwd(), folder)}; apply level after level:\n${applyCommand(files)}`;
}

function toGithub({ levels }: Submission, words: SubmitWords): Promise<string> {
  return Promise.resolve(JSON.stringify(githubMatrix(levels, count(words, LARGEST_MATRIX))));
}

function gpusOf({ gpus }: SubmitWords): number {
  if (!/^\d{1,3}$/.test(gpus)) throw new StudyError(`--gpus ${gpus}: expected a whole number from 0 up`);
  return Number(gpus);
}

function count({ jobs }: SubmitWords, otherwise: number): number {
  if (jobs === undefined) return otherwise;
  if (!/^[1-9]\d{0,5}$/.test(jobs)) throw new StudyError(`--jobs ${jobs}: expected a whole number from 1 up`);
  return Number(jobs);
}
