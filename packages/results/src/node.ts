import { mkdir, readFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { cardFits, parseDatasetCard, verifyAgainstCard } from "./dataset-card.ts";
import { findDuplicates } from "./duplicates.ts";
import { ResultError } from "./error.ts";
import { jsonFilesIn, replaceFile, writeNewFile } from "./files.ts";
import { parseMethodCards } from "./method-card.ts";
import { fileError, parseResult, problemsOf } from "./parse.ts";
import { parseReported } from "./reported.ts";
import type { DatasetCard } from "./schema/dataset-card.ts";
import type { MethodCards } from "./schema/method-card.ts";
import type { Reported } from "./schema/reported.ts";
import { type Result, type ResultInput, resultSchema } from "./schema/result.ts";
import { currentResults, resultName } from "./supersede.ts";
import { verifyResult } from "./verify.ts";

export { type Artifact, artifactLimits, readArtifact } from "./artifact.ts";
export { changesAgainst } from "./merge-base.ts";

/** A verified result and the file it came from. */
export interface StoredResult {
  readonly file: string;
  readonly result: Result;
}

/** Folders of a results folder, at any depth, that hold other documents. */
const reportedFolder = "reported";
const datasetsFolder = "datasets";
/** Of a results folder itself: the cards of the bench's methods. */
const methodsFile = "methods.json";

/**
 * Checks, verifies and writes one result as `<dir>/<id>.json`, atomically. A result is never overwritten: to replace one
 * of the same cell, name it in `supersedes`.
 *
 * @returns the file's path
 * @throws ResultError when the result is invalid, does not verify, or is already there
 */
export async function writeResult(dir: string, input: ResultInput): Promise<string> {
  const parsed = resultSchema.safeParse(input);
  if (!parsed.success) throw fileError(`result ${input.id}`, problemsOf(parsed.error));
  const problems = verifyResult(parsed.data);
  if (problems.length > 0) throw fileError(`result ${input.id}`, problems);
  const path = join(dir, `${resultName(parsed.data)}.json`);
  await mkdir(dir, { recursive: true });
  if (!(await writeNewFile(path, `${JSON.stringify(parsed.data)}\n`))) {
    throw new ResultError(`${path}: already there; results are never overwritten (use supersedes)`);
  }
  return path;
}

/** Reads, checks and verifies one result file, against its questions too where their card is given. */
export async function readResult(file: string, cards: readonly DatasetCard[] = []): Promise<StoredResult> {
  const result = parseResult(await readFile(file, "utf8"), file);
  const problems = verifyResult(result);
  if (result.status === "done") {
    const card = cards.find((candidate) => cardFits(candidate, result));
    if (card) problems.push(...verifyAgainstCard(result, card));
  }
  if (problems.length > 0) throw fileError(file, problems);
  return { file, result };
}

const filesAtOnce = 64;

/**
 * Reads and verifies every `*.json` of a folder and its sub-folders, in the order of their names, against the dataset
 * cards there. Folders named "reported" and "datasets" hold no results, nor does `<dir>/methods.json`; one that does
 * not exist holds none.
 *
 * @throws ResultError naming the first bad file and field, or two cells that the duplicate guard catches
 */
export async function readResults(dir: string): Promise<StoredResult[]> {
  const cards = await readDatasetCards(dir);
  const files = (await jsonFilesIn(dir)).filter((name) => {
    const folders = name.split(sep);
    return !folders.includes(reportedFolder) && !folders.includes(datasetsFolder) && name !== methodsFile;
  });
  const stored: StoredResult[] = [];
  for (let at = 0; at < files.length; at += filesAtOnce) {
    const some = files.slice(at, at + filesAtOnce);
    stored.push(...(await Promise.all(some.map((name) => readResult(join(dir, name), cards)))));
  }
  const current = currentResults(stored.map(({ result }) => result));
  const duplicate = findDuplicates(current).find(({ severity }) => severity === "error");
  if (duplicate) throw new ResultError(`${dir}: ${duplicate.message}`);
  return stored;
}

async function readFolder<T>(folder: string, parse: (text: string, file: string) => T): Promise<T[]> {
  const files = (await jsonFilesIn(folder)).map((name) => join(folder, name));
  return Promise.all(files.map(async (file) => parse(await readFile(file, "utf8"), file)));
}

/** Reads and checks the published numbers in `<dir>/reported`, in the order of their file names. */
export function readReported(dir: string): Promise<Reported[]> {
  return readFolder(join(dir, reportedFolder), parseReported);
}

/**
 * Reads and checks the dataset cards of a folder: those in folders named "datasets", at any depth, in the order of their
 * file names. A card that several studies left beside their results is there once.
 */
export async function readDatasetCards(dir: string): Promise<DatasetCard[]> {
  const files = (await jsonFilesIn(dir)).filter((name) => name.split(sep).at(-2) === datasetsFolder);
  const cards = new Map<string, DatasetCard>();
  for (const name of files) {
    const file = join(dir, name);
    const card = parseDatasetCard(await readFile(file, "utf8"), file);
    const key = `${card.hash} ${card.split}`;
    if (!cards.has(key)) cards.set(key, card);
  }
  return [...cards.values()];
}

/**
 * Writes a card as `<dir>/datasets/<hash>-<split>.json`, atomically; one that is already there with the same content
 * stays.
 *
 * @returns the file's path
 * @throws ResultError when the card is invalid, or another one is there under its name
 */
export async function writeDatasetCard(dir: string, card: DatasetCard): Promise<string> {
  const text = `${JSON.stringify(parseDatasetCard(card, `card ${card.name}`))}\n`;
  const folder = join(dir, datasetsFolder);
  const path = join(folder, `${card.hash.slice(0, 16)}-${card.split.replaceAll(/[^\w-]/g, "_")}.json`);
  await mkdir(folder, { recursive: true });
  if (!(await writeNewFile(path, text)) && (await readFile(path, "utf8")) !== text) {
    throw new ResultError(`${path}: another card of this dataset and split is already there`);
  }
  return path;
}

/**
 * Reads and checks `<dir>/methods.json`; null where it is not there.
 *
 * @throws ResultError naming the file and each wrong field
 */
export async function readMethodCards(dir: string): Promise<MethodCards | null> {
  const path = join(dir, methodsFile);
  try {
    return parseMethodCards(await readFile(path, "utf8"), path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/**
 * Writes the cards as `<dir>/methods.json`, atomically and in place of the ones that were there: they are made from the
 * methods' code, so the newest are the right ones.
 *
 * @returns the file's path
 * @throws ResultError when a card is invalid
 */
export async function writeMethodCards(dir: string, cards: MethodCards): Promise<string> {
  const path = join(dir, methodsFile);
  const text = `${JSON.stringify(parseMethodCards(cards, path), null, 2)}\n`;
  await mkdir(dir, { recursive: true });
  await replaceFile(path, text);
  return path;
}
