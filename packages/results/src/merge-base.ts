import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { ResultError } from "./error.ts";
import { parseResult } from "./parse.ts";
import type { Result } from "./schema/result.ts";

type Tier = Result["tier"];

/** Files of a results folder that are never changed once they are published: results and dataset cards. */
const immutable = /(^|\/)[0-9a-f]{16,64}(\.\d+)?\.json$|(^|\/)datasets\/[^/]+\.json$/;
const resultFile = /(^|\/)[0-9a-f]{16,64}(\.\d+)?\.json$/;

async function git(folder: string, ...words: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)("git", ["-C", folder, ...words], { maxBuffer: 2 ** 28 });
  return stdout;
}

/** Status letter and path, relative to the folder, of what changed in it since a commit; new files too. */
async function changesSince(commit: string, folder: string): Promise<[status: string, path: string][]> {
  const fields = (
    await git(folder, "diff", "--name-status", "--no-renames", "--relative", "-z", commit, "--", ".")
  ).split("\0");
  const changed: [string, string][] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) changed.push([fields[at] ?? "", fields[at + 1] ?? ""]);
  const untracked = (await git(folder, "ls-files", "--others", "--exclude-standard", "-z")).split("\0").filter(Boolean);
  return [...changed, ...untracked.map((path): [string, string] => ["A", path])];
}

/**
 * What a branch does to the published results that nobody may do: remove or rewrite one, or bring one of a tier that is
 * not its to give. Uncommitted changes count.
 *
 * @param reference a commit, branch or tag that the branch will be merged into
 * @param permitted tiers that new results may have
 * @returns one line a fault
 * @throws ResultError where the folder is in no repository or the two have no common history
 */
export async function changesAgainst(folder: string, reference: string, permitted: readonly Tier[]): Promise<string[]> {
  const place = resolve(folder);
  const base = await git(place, "merge-base", "HEAD", reference).catch((cause: Error) => {
    throw new ResultError(
      `${folder}: no common history with ${reference} (a clone must be whole): ${cause.message.trim()}`,
    );
  });
  const faults: string[] = [];
  for (const [status, path] of await changesSince(base.trim(), place)) {
    if (!immutable.test(path)) continue;
    if (status === "D") faults.push(`${path}: published, and lost here: put it back`);
    else if (status !== "A")
      faults.push(`${path}: published, and changed here: put it back; a newer result names it in supersedes`);
    else if (resultFile.test(path)) faults.push(...(await tierFaults(place, path, permitted)));
  }
  return faults;
}

async function tierFaults(folder: string, path: string, permitted: readonly Tier[]): Promise<string[]> {
  const { tier } = parseResult(await readFile(join(folder, path), "utf8"), path);
  if (permitted.includes(tier)) return [];
  return [`${path}: tier ${tier} is given by the project's own runs alone; here it may be ${permitted.join(" or ")}`];
}
