import { link, mkdir, open, readdir, readFile, unlink } from "node:fs/promises";
import { join } from "node:path";
import { findDuplicates } from "./duplicates.ts";
import { ResultError } from "./error.ts";
import { fileError, parseResult, problemsOf } from "./parse.ts";
import { type Result, type ResultInput, resultSchema } from "./schema/result.ts";
import { verifyResult } from "./verify.ts";

/** A verified result and the file it came from. */
export interface StoredResult {
  readonly file: string;
  readonly result: Result;
}

/** A result's file name without ".json": its id, and a revision where it replaces a result of the same cell. */
export function resultName(result: Pick<Result, "id" | "supersedes">): string {
  const [id, revision] = (result.supersedes ?? "").split(".");
  return id === result.id ? `${result.id}.${Number(revision ?? 1) + 1}` : result.id;
}

/** Writes a new file so that no reader and no crash ever sees half of it, and no existing file is replaced. */
async function writeNewFile(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}.tmp`;
  const handle = await open(draft, "w");
  try {
    await handle.writeFile(text);
    await handle.sync();
    await handle.close();
    // Unlike a rename, a hard link fails where the name is taken.
    await link(draft, path);
  } finally {
    await handle.close().catch(() => undefined);
    await unlink(draft);
  }
}

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
  try {
    await writeNewFile(path, `${JSON.stringify(parsed.data)}\n`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw new ResultError(`${path}: already there; results are never overwritten (use supersedes)`);
  }
  return path;
}

/** Reads, checks and verifies one result file. */
export async function readResult(file: string): Promise<StoredResult> {
  const result = parseResult(await readFile(file, "utf8"), file);
  const problems = verifyResult(result);
  if (problems.length > 0) throw fileError(file, problems);
  return { file, result };
}

const filesAtOnce = 64;

/**
 * Reads and verifies every `*.json` of a folder and its sub-folders, in the order of their names; a folder that does not
 * exist holds no results.
 *
 * @throws ResultError naming the first bad file and field, or two cells that the duplicate guard catches
 */
export async function readResults(dir: string): Promise<StoredResult[]> {
  const files = await resultFiles(dir);
  const stored: StoredResult[] = [];
  for (let at = 0; at < files.length; at += filesAtOnce) {
    stored.push(...(await Promise.all(files.slice(at, at + filesAtOnce).map(readResult))));
  }
  const duplicate = findDuplicates(stored.map(({ result }) => result)).find(({ severity }) => severity === "error");
  if (duplicate) throw new ResultError(`${dir}: ${duplicate.message}`);
  return stored;
}

async function resultFiles(dir: string): Promise<string[]> {
  try {
    const names = await readdir(dir, { recursive: true });
    return names
      .filter((name) => name.endsWith(".json"))
      .sort()
      .map((name) => join(dir, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
