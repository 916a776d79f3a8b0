/** What a method's code may import: the house's mathematics by name, and its own neighbours. A tripwire that teaches. */
import { readFileSync } from "node:fs";
import { isBuiltin, registerHooks } from "node:module";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** What a method may import by name. */
const SHARED = /^(zod|@ticketbench\/(prune|model|backend))$/;
const RELATIVE = /^\.{1,2}\//;
/** Imports of values, in the form that the house's own files have. */
const IMPORTED = /^(?:import|export)\s+(?!type\b)(?:[^;]*?\bfrom\s+)?["']([^"']+)["']/gm;
/** What nothing needs any more once a method is there, not the house's own packages either. */
const CLOSED =
  /^(node:)?(net|tls|https?2?|dns|dgram|child_process|worker_threads|cluster|inspector|vm|repl|sqlite|wasi|module)(\/|$)/;

export interface ImportRules {
  /** Whether a file is the method's code, or may be: everything that is not the house's. */
  readonly isMethodCode: (file: string | null) => boolean;
  /** Told of each refusal, even if the method swallows the error. */
  readonly refused: (what: string) => void;
}

/** Refuses what a method's code may not import. From here on nobody opens a network or a process. */
export function guardImports({ isMethodCode, refused }: ImportRules): void {
  const refuse = (specifier: string): never => {
    const what = `imports ${specifier.slice(0, 200)}`;
    refused(what);
    throw new Error(`${what}: a method works on what its context holds and may not reach for anything else`);
  };
  registerHooks({
    resolve: (specifier, context, next) => {
      if (isBuiltin(specifier) && CLOSED.test(specifier)) refuse(specifier);
      if (!isMethodCode(fileOf(context.parentURL ?? "")) || SHARED.test(specifier)) return next(specifier, context);
      if (!RELATIVE.test(specifier)) refuse(specifier);
      const found = next(specifier, context);
      const file = fileOf(found.url);
      if (file === null || (!isMethodCode(file) && reachesFurther(file))) refuse(specifier);
      return found;
    },
  });
}

/** The file of a module, whatever else its address says; null for code that lies in none. */
export function fileOf(url: string): string | null {
  try {
    return fileURLToPath(url);
  } catch {
    return null;
  }
}

/** Whether a file of the house reaches, itself or through its own imports, for more than a method may. */
function reachesFurther(file: string, seen = new Set<string>()): boolean {
  if (seen.has(file)) return false;
  seen.add(file);
  return [...readFileSync(file, "utf8").matchAll(IMPORTED)].some(([, specifier = ""]) =>
    RELATIVE.test(specifier) ? reachesFurther(resolve(dirname(file), specifier), seen) : !SHARED.test(specifier),
  );
}
