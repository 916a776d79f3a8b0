import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { methodSources } from "@ticketbench/prune/node";
import { ScriptError } from "./script.ts";

const ROOM = "packages/prune/src";
const METHODS = join(ROOM, "methods");

/** A code file that is no test. */
function isCode(name: string): boolean {
  return name.endsWith(".ts") && !name.endsWith(".test.ts");
}

/** Code of the pruning package that a branch adds or changes since it left `base`; what it removes is not among it. */
function changedFiles(base: string): string[] {
  const words = ["diff", "--name-only", "--diff-filter=d", "--no-renames", `${base}...HEAD`, "--", ROOM];
  const { status, stdout, stderr } = spawnSync("git", words, { encoding: "utf8" });
  if (status !== 0) throw new ScriptError(`git ${words.join(" ")}: ${stderr.trim()}`);
  return stdout.split("\n").filter(isCode);
}

/** Methods whose file a branch adds or changes since it left `base`, by name; those that it removes are none. */
export function changedMethods(base: string): string[] {
  return changedFiles(base)
    .filter((name) => dirname(name) === METHODS)
    .map((name) => basename(name, ".ts"));
}

/** What a branch changes besides the methods' own files. */
export interface SharedChanges {
  /** Changed files that methods import, with the methods whose version changes with them, by name. */
  readonly parts: readonly { readonly file: string; readonly methods: readonly string[] }[];
  /** Changed files that are part of no method: they change no method's version, and no published result. */
  readonly others: readonly string[];
}

/** Which methods a branch changes through files that they import, directly or not. */
export async function sharedChanges(base: string): Promise<SharedChanges> {
  const files = changedFiles(base).filter((name) => dirname(name) !== METHODS);
  if (files.length === 0) return { parts: [], others: [] };
  const importers = new Map(files.map((file) => [file, [] as string[]]));
  for (const name of readdirSync(METHODS).filter(isCode).sort()) {
    const sources = await methodSources(resolve(METHODS, name));
    for (const source of sources.keys()) importers.get(relative(".", source))?.push(basename(name, ".ts"));
  }
  const all = [...importers].map(([file, methods]) => ({ file, methods }));
  return {
    parts: all.filter(({ methods }) => methods.length > 0),
    others: all.filter(({ methods }) => methods.length === 0).map(({ file }) => file),
  };
}
