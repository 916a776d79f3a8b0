import { ResultError } from "@ticketbench/results";

/** A mistake of the person who runs a script: its message says what to do. */
export class ScriptError extends Error {
  override readonly name = "ScriptError";
}

/**
 * Runs a script: its return value is the exit code. A mistake that can be put right is told in one line and ends with 2;
 * anything else is a fault of the script.
 */
export async function script(name: string, main: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await main();
  } catch (error) {
    const mistake = mistakeIn(error);
    if (mistake === null) throw error;
    console.error(`${name}: ${mistake}`);
    process.exitCode = 2;
  }
}

/** What is told of a mistake that can be put right; null for any other error. */
function mistakeIn(error: unknown): string | null {
  if (error instanceof ScriptError || error instanceof ResultError || isWrongOption(error)) return error.message;
  const { code, path } = error as NodeJS.ErrnoException;
  return code === "ENOENT" && path !== undefined ? `${path}: there is no such file` : null;
}

/** `parseArgs` tells of unknown options so. */
function isWrongOption(error: unknown): error is TypeError {
  return error instanceof TypeError && String((error as { code?: unknown }).code).startsWith("ERR_PARSE_ARGS");
}

/** The value of an option that must be given. */
export function required(value: string | undefined, option: string): string {
  if (value === undefined || value === "") throw new ScriptError(`${option} is missing`);
  return value;
}
