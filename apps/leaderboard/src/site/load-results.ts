import { delimiter } from "node:path";
import { currentResults, type Result } from "@ticketbench/results";
import { readResults } from "@ticketbench/results/node";

let history: Promise<readonly Result[]> | undefined;

async function read(): Promise<readonly Result[]> {
  const folders = (process.env["TICKETBENCH_RESULTS"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return (await Promise.all(folders.map(readResults))).flat().map(({ result }) => result);
}

/**
 * Every result this site is built from, replaced ones included, read once a build out of the folders named in
 * TICKETBENCH_RESULTS.
 *
 * @throws ResultError naming file and field when a result breaks the schema or its own numbers, which fails the build
 */
export function loadHistory(): Promise<readonly Result[]> {
  history ??= read();
  return history;
}

let current: Promise<readonly Result[]> | undefined;

/** The results that stand: those that no other one replaces, each cell once. */
export function loadResults(): Promise<readonly Result[]> {
  current ??= loadHistory().then(currentResults);
  return current;
}
