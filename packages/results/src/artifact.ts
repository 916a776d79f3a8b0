import { basename } from "node:path";
import { strictJson } from "./artifact-json.ts";
import { readZipFiles, type ZipLimits } from "./artifact-zip.ts";
import { cardFits, parseDatasetCard, verifyAgainstCard } from "./dataset-card.ts";
import { findDuplicates } from "./duplicates.ts";
import { ResultError } from "./error.ts";
import { parseMethodCards } from "./method-card.ts";
import { fileError, parseResult } from "./parse.ts";
import type { DatasetCard } from "./schema/dataset-card.ts";
import type { MethodCard } from "./schema/method-card.ts";
import type { Result } from "./schema/result.ts";
import { currentResults, resultName } from "./supersede.ts";
import { verifyResult } from "./verify.ts";

/** What a pull request's run hands over: results, and cards of the methods it adds or changes. */
export interface Artifact {
  readonly methods: readonly MethodCard[];
  readonly results: readonly Result[];
}

/** Enough for a few methods with their controls on the mini track. */
export const artifactLimits: ZipLimits = {
  archiveBytes: 32 * 2 ** 20,
  files: 2000,
  fileBytes: 4 * 2 ** 20,
  totalBytes: 128 * 2 ** 20,
};

const mostMethods = 20;
const methodsFile = "methods.json";
const folders = /^results\/([\w-]{1,80}\/){0,2}$/;
const files = /^results\/([\w-]{1,80}\/){0,2}[\w-]{1,100}(\.\d{1,4})?\.json$/;
const cardFolder = /^results\/(?:[\w-]+\/)?datasets\//;

function accepts(name: string): boolean {
  return name === methodsFile || folders.test(name) || files.test(name);
}

/**
 * Reads the zip archive that a pull request's run uploaded, as a stranger's: `methods.json`, `results/**` and dataset
 * cards in `results/datasets`. All of it is checked like published results, and nothing else is accepted.
 *
 * @throws ResultError naming the archive, the file in it and what is wrong
 */
export async function readArtifact(path: string, limits: ZipLimits = artifactLimits): Promise<Artifact> {
  const contents = await readZipFiles(path, limits, accepts);
  const documents = new Map([...contents].map(([name, bytes]) => [name, strictJson(textOf(bytes, name), name)]));
  if (!documents.has(methodsFile)) throw new ResultError(`${path}: it holds no ${methodsFile}`);
  const { methods } = parseMethodCards(documents.get(methodsFile), methodsFile);
  if (methods.length > mostMethods) throw new ResultError(`${methodsFile}: more than ${mostMethods} methods`);
  documents.delete(methodsFile);
  const cards = [...documents]
    .filter(([name]) => cardFolder.test(name))
    .map(([name, document]) => parseDatasetCard(document, name));
  const results = [...documents]
    .filter(([name]) => !cardFolder.test(name))
    .map(([name, document]) => resultOf(document, name, cards));
  const duplicate = findDuplicates(currentResults(results)).find(({ severity }) => severity === "error");
  if (duplicate) throw new ResultError(`${path}: ${duplicate.message}`);
  return { methods, results };
}

function textOf(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new ResultError(`${name}: not UTF-8 text`);
  }
}

function resultOf(document: unknown, name: string, cards: readonly DatasetCard[]): Result {
  const result = parseResult(document, name);
  const problems = verifyResult(result);
  const card = result.status === "done" ? cards.find((candidate) => cardFits(candidate, result)) : undefined;
  if (card && result.status === "done") problems.push(...verifyAgainstCard(result, card));
  if (basename(name) !== `${resultName(result)}.json`) {
    problems.push({ field: "id", message: `the file of this result is called ${resultName(result)}.json` });
  }
  if (result.tier !== "self-reported") {
    problems.push({
      field: "tier",
      message: `"${result.tier}" is given by the project's own runs, not by a pull request`,
    });
  }
  if (problems.length > 0) throw fileError(name, problems);
  return result;
}
