import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { checkEndToEnd } from "./end-to-end.ts";
import { checkForward } from "./forward.ts";
import { checkBertAdam, checkOperations, checkSchedule } from "./ops.ts";
import type { Finding } from "./oracle.ts";
import { checkNothingLabelled, checkPretraining } from "./pretraining.ts";
import { checkTokenizer } from "./tokens.ts";
import { checkTraining } from "./training.ts";
import {
  checkAnswerTexts,
  checkBertArchive,
  checkCheckpoint,
  checkInit,
  checkLoadingRoutes,
  checkNames,
  checkNested,
  checkStress,
} from "./weights.ts";

type Check = (directory: string, file: string) => Promise<readonly Finding[]>;

function checkpointLike(reference: string): Check {
  return (directory, file) => checkCheckpoint(directory, file, reference);
}

/** Which files hold expected values of this package, and what compares them. */
const CHECKS: readonly (readonly [RegExp, Check])[] = [
  [/^ops\/ops\.safetensors$/, checkOperations],
  [/^ops\/schedule\.json$/, checkSchedule],
  [/^ops\/bertadam\w*\.safetensors$/, checkBertAdam],
  [/^forward\/.+\.safetensors$/, checkForward],
  [/^train\/.+\.safetensors$/, checkTraining],
  [/^pretrain\/all_ignored\w*\.json$/, checkNothingLabelled],
  [/^pretrain\/.+\.safetensors$/, checkPretraining],
  [/^weights\/names\.json$/, checkNames],
  [/^weights\/vqa\w*\.pth$/, checkpointLike("weights/vqa.safetensors")],
  [/^weights\/\w*LXRT\.pth$/, checkpointLike("weights/model_LXRT.safetensors")],
  [/^weights\/stress\w*\.pth$/, checkStress],
  [/^weights\/nested\w*\.pth$/, checkNested],
  [/^weights\/loading_routes\.json$/, checkLoadingRoutes],
  [/^init\/\w+\/pytorch_model\.bin$/, checkBertArchive],
  [/^init\/init\.json$/, checkInit],
  [/^tokenizer\/.+\.json$/, checkTokenizer],
  [/^eval\/answer_table_convert\.json$/, checkAnswerTexts],
  [/^e2e\/expected\.json$/, checkEndToEnd],
];

/** What one file's comparisons came to. */
export interface FileVerdict {
  readonly file: string;
  readonly comparisons: number;
  readonly failures: readonly Finding[];
  /** The comparison closest to its tolerance, or farthest past it. */
  readonly worst: Finding;
}

/** Files under a directory laid out like the oracle that this package has a check for, in the order of the checks. */
export async function checkableFiles(directory: string): Promise<readonly string[]> {
  const files = await filesUnder(directory);
  return CHECKS.flatMap(([pattern]) => files.filter((file) => pattern.test(file)));
}

/** Files that another package's tests compare: the metric's and the feature reader's. */
export async function filesOfData(directory: string): Promise<readonly string[]> {
  const own = new Set(await checkableFiles(directory));
  return (await filesUnder(directory)).filter((file) => /^(eval|tsv)\//.test(file) && !own.has(file));
}

async function filesUnder(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .sort();
}

/** Compares one file with what this package computes, on the engine that is open. */
export async function checkFile(directory: string, file: string): Promise<FileVerdict> {
  const check = CHECKS.find(([pattern]) => pattern.test(file))?.[1];
  if (check === undefined) throw new Error(`${file}: no check for this file`);
  const findings = await check(directory, file);
  if (findings.length === 0) throw new Error(`${file}: nothing to compare`);
  return {
    file,
    comparisons: findings.length,
    failures: findings.filter(({ error, tolerance }) => !(error <= tolerance)),
    worst: findings.reduce((worst, finding) => (excess(finding) > excess(worst) ? finding : worst)),
  };
}

/** Error as a multiple of the tolerance. */
function excess({ error, tolerance }: Finding): number {
  return error === 0 ? 0 : error / tolerance;
}
