import { existsSync } from "node:fs";
import { delimiter } from "node:path";
import type { Result } from "@ticketbench/results";
import { readResults } from "@ticketbench/results/node";

let results: Promise<readonly Result[]> | undefined;

async function read(): Promise<readonly Result[]> {
  const folders = (process.env["TICKETBENCH_RESULTS"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const read = await Promise.all(folders.filter((folder) => existsSync(folder)).map((folder) => readResults(folder)));
  return read.flat();
}

/**
 * Every result this site is built from, read once a build out of the folders named in TICKETBENCH_RESULTS.
 *
 * @throws ResultError naming file and field when a result breaks the schema or its own numbers, which fails the build
 */
export function loadResults(): Promise<readonly Result[]> {
  results ??= read();
  return results;
}
