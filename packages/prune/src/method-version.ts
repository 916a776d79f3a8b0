import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import { findMethodFile } from "./method-files.ts";

/** Imports of values from files by relative path; imports of types alone decide nothing. */
const RELATIVE_IMPORT = /^(?:import|export)\s+(?!type\b)[^;]*?\bfrom\s+["'](\.{1,2}\/[^"']+)["']/gm;

/** A method's file and the files its mathematics comes from, by path: what it imports, and what those import. */
export async function methodSources(
  path: string,
  found = new Map<string, string>(),
): Promise<ReadonlyMap<string, string>> {
  if (found.has(path)) return found;
  const source = await readFile(path, "utf8");
  found.set(path, source);
  for (const [, specifier = ""] of source.matchAll(RELATIVE_IMPORT))
    await methodSources(resolve(dirname(path), specifier), found);
  return found;
}

/**
 * The version of a method's code: the SHA-256 (hex) of its file and of everything it imports by relative path. A change
 * to a file that several methods share changes them all; a change elsewhere in the package changes none.
 */
export async function methodVersion(nameOrPath: string): Promise<string> {
  const file = await findMethodFile(nameOrPath);
  const sources = [...(await methodSources(file))].map(
    ([path, source]) => [relative(dirname(file), path), source] as const,
  );
  const hash = createHash("sha256");
  for (const [path, source] of sources.sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(JSON.stringify([path, source]));
  return hash.digest("hex");
}
