import { readdir } from "node:fs/promises";
import {
  type AnnotatorModel,
  checkPath,
  evaluateFiles,
  findLayout,
  generateMiniVqa,
  type Metric,
  type MiniProfileName,
  vocabularyOf,
  writeMiniVqa,
} from "@ticketbench/data-vqa";
import { asWorkspaceError, writeAtomic } from "../run/atomic-file.ts";
import { StudyError } from "../study/error.ts";
import { columns } from "./columns.ts";
import { outputFolder } from "./output-folder.ts";

export interface GenerateWords {
  readonly out: string;
  readonly profile: MiniProfileName;
  readonly seed: number;
  readonly annotators?: AnnotatorModel;
  readonly splits?: string;
  readonly scenes?: boolean;
}

/** `ticketbench data generate mini-vqa`: into a folder of its own, for its files have the names that VQA's have. */
export async function generate({ out, splits, scenes = false, ...options }: GenerateWords): Promise<void> {
  await outputFolder(out);
  if ((await readdir(out)).length > 0)
    throw new StudyError(`--out ${out}: the folder is not empty; name a new one, or delete it first`);
  const dataset = generateMiniVqa(options);
  const names = splits?.split(",");
  for (const name of names ?? []) dataset.split(name);
  const onSplit = (name: string): void => {
    const { questions, images } = dataset.split(name);
    console.log(`${name.padEnd(10)} ${count(images.length, "images")}, ${count(questions.length, "questions")}`);
  };
  try {
    writeMiniVqa(dataset, out, { ...(names === undefined ? {} : { splits: names }), scenes, onSplit });
  } catch (error) {
    throw asWorkspaceError(error, out);
  }
  console.log(`mini-VQA, profile ${options.profile}, seed ${options.seed}, is in ${out}`);
}

/** `ticketbench data check`: each file is told with what it holds, each fault with what to do; exit code 2 for any. */
export function check(paths: readonly string[]): void {
  const reports = paths.flatMap((path) => checkPath(path));
  for (const { path, kind, summary, problems } of reports) {
    const state = problems.length === 0 ? "ok    " : "FAULTY";
    console.log(`${state} ${path}: ${kind}${summary === "" ? "" : `, ${summary}`}`);
    for (const problem of problems) console.error(problem);
  }
  const faulty = reports.filter(({ problems }) => problems.length > 0).length;
  console.log(`${count(reports.length, "checked")}, ${faulty} with faults`);
  process.exitCode = faulty > 0 ? 2 : 0;
}

export interface VocabularyWords {
  readonly splits?: string;
  readonly frequency: number;
  readonly out?: string;
}

/** `ticketbench data vocabulary`: how many answers the training questions make, and the file of them if asked for. */
export async function vocabulary(folder: string, { splits, frequency, out }: VocabularyWords): Promise<void> {
  const options = {
    minimumFrequency: frequency,
    ...(splits === undefined ? {} : { trainingSplits: splits.split(",") }),
  };
  const answers = vocabularyOf(folder, findLayout(folder), options);
  if (out !== undefined) await writeAtomic(out, `${JSON.stringify(answers)}\n`);
  const where = out === undefined ? "" : `, in ${out}`;
  console.log(`${count(answers.length, "answers")} of at least ${frequency} training questions each${where}`);
}

export interface EvaluateWords {
  readonly questions: string;
  readonly annotations: string;
  readonly predictions: string;
  readonly metric: Metric;
  readonly json?: boolean;
  readonly perQuestion?: string;
}

/** `ticketbench data evaluate`: accuracies in percent, overall, by answer type and by question type. */
export async function evaluate({ metric, json = false, perQuestion, ...files }: EvaluateWords): Promise<void> {
  const { summary, perQuestion: scores } = evaluateFiles(files, metric);
  if (perQuestion !== undefined) await writeAtomic(perQuestion, `${JSON.stringify(scores, null, 2)}\n`);
  if (json) {
    console.log(JSON.stringify(summary, null, 2));
    return;
  }
  const rows = (kind: string, types: Readonly<Record<string, number>>): string[][] =>
    Object.entries(types).map(([type, percent]) => [kind, type, percent.toFixed(2)]);
  const table = [
    ["overall", `${count(summary.n, "questions")}, ${metric} metric`, summary.overall.toFixed(2)],
    ...rows("answer type", summary.perAnswerType),
    ...rows("question type", summary.perQuestionType),
  ];
  console.log(columns(["accuracy", "of", "%"], table, { right: [2] }));
}

function count(number: number, what: string): string {
  return `${number.toLocaleString("en")} ${what}`;
}
