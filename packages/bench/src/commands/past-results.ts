import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Result } from "@ticketbench/results";
import { readResults } from "@ticketbench/results/node";

export const REPOSITORY = join(dirname(fileURLToPath(import.meta.url)), "../../../..");

/** Where results lie when nobody says otherwise: the published ones, and those of the work folder. */
export function resultFolders(work: string): string[] {
  return [join(REPOSITORY, "results"), join(work, "results")].filter((folder) => existsSync(folder));
}

/** Every result that can be read in these folders, to learn costs from; a folder with a broken file teaches nothing. */
export async function pastResults(folders: readonly string[]): Promise<Result[]> {
  const read = await Promise.all(folders.map((folder) => readResults(folder).catch(() => [])));
  return read.flat().map(({ result }) => result);
}
