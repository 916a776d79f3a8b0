import { readdir, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Method } from "./define-method.ts";
import { closest } from "./edit-distance.ts";
import { shareImports } from "./method-imports.ts";
import { PruneError } from "./prune-error.ts";

const METHODS = fileURLToPath(new URL("./methods/", import.meta.url));

/** The names of the methods that ship: their file names. Adding a file adds a method; there is no list to edit. */
export async function methodNames(): Promise<readonly string[]> {
  const files = await readdir(METHODS);
  return files
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .map((file) => basename(file, ".ts"))
    .sort();
}

/** Where the file of a method that ships lies: its bytes are the method's version. */
export function methodPath(name: string): string {
  return resolve(METHODS, `${name}.ts`);
}

/**
 * The file of a method, by name or by the path of a file anywhere. Throws a PruneError when there is no such method ("did
 * you mean") or no such file.
 */
export async function findMethodFile(nameOrPath: string): Promise<string> {
  const names = await methodNames();
  if (names.includes(nameOrPath)) return methodPath(nameOrPath);
  if (!/[/\\]|\.[cm]?[jt]s$/.test(nameOrPath)) {
    const near = closest(nameOrPath, names);
    const hint = near === null ? "" : `; did you mean "${near}"?`;
    throw new PruneError(`no method is called "${nameOrPath}"${hint}\nmethods: ${names.join(", ")}`);
  }
  const path = resolve(nameOrPath);
  const found = await stat(path).catch(() => null);
  if (!found?.isFile()) throw new PruneError(`no method file at ${path}`);
  return path;
}

/** Loads a method. Throws a PruneError when there is none, its file cannot be loaded, or it does not export a method. */
export async function loadMethod(nameOrPath: string): Promise<Method> {
  return importMethod(await findMethodFile(nameOrPath));
}

async function importMethod(path: string): Promise<Method> {
  shareImports();
  let loaded: { default?: unknown };
  try {
    loaded = (await import(/* @vite-ignore */ pathToFileURL(path).href)) as { default?: unknown };
  } catch (cause) {
    throw new PruneError(`method file ${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  checkShape(path, loaded.default);
  return loaded.default;
}

const CARD = ["title", "idea", "family", "cite", "needs"] as const;

function checkShape(path: string, value: unknown): asserts value is Method {
  const fail = (what: string): never => {
    throw new PruneError(`method file ${path}: ${what}`);
  };
  if (typeof value !== "object" || value === null) fail("export default defineMethod({ ... }) is missing");
  const method = value as Record<string, unknown>;
  const missing = CARD.find((field) => typeof method[field] !== "string" || method[field] === "");
  if (missing !== undefined) fail(`"${missing}" is missing`);
  if (typeof method.nests !== "boolean") fail(`"nests" must be true or false`);
  if (typeof (method.params as { safeParse?: unknown } | undefined)?.safeParse !== "function")
    fail(`"params" must be a zod object; z.strictObject({}) when there are none`);
  const ways = (["score", "mask", "schedule"] as const).filter((way) => typeof method[way] === "function");
  if (ways.length !== 1)
    fail(`it needs exactly one of score, mask and schedule, and has ${ways.join(" and ") || "neither"}`);
}
