import { basename, delimiter } from "node:path";
import { readResults, type StoredResult } from "@ticketbench/results/node";

let stored: Promise<readonly StoredResult[]> | undefined;

async function read(): Promise<readonly StoredResult[]> {
  const folders = (process.env["TICKETBENCH_RESULTS"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return (await Promise.all(folders.map(readResults))).flat();
}

/**
 * Every result this site is built from, replaced ones included, read once a build out of the folders named in
 * TICKETBENCH_RESULTS.
 *
 * @throws ResultError naming file and field when a result breaks the schema or its own numbers, which fails the build
 */
export function loadHistory(): Promise<readonly StoredResult[]> {
  stored ??= read();
  return stored;
}

/** The results that stand: those that no other one replaces. */
export async function loadResults(): Promise<StoredResult[]> {
  const all = await loadHistory();
  const replaced = new Set(all.map(({ result }) => result.supersedes));
  return all.filter(({ file }) => !replaced.has(basename(file, ".json")));
}

/** The results a result replaces, newest first. */
export function replacedBy(stored: StoredResult, history: readonly StoredResult[]): StoredResult[] {
  const before = history.find(({ file }) => basename(file, ".json") === stored.result.supersedes);
  return before ? [before, ...replacedBy(before, history)] : [];
}
