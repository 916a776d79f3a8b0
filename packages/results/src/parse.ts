import type { z } from "zod";
import { type Problem, ResultError } from "./error.ts";
import { migrate } from "./migrate.ts";
import { type Result, resultSchema } from "./schema/result.ts";

const shownProblems = 5;

/** One error for a file: its name, then each field and what is wrong with it. */
export function fileError(fileName: string, problems: readonly Problem[]): ResultError {
  const shown = problems
    .slice(0, shownProblems)
    .map(({ field, message }) => (field ? `${field}: ${message}` : message));
  const rest = problems.length - shown.length;
  if (rest > 0) shown.push(`and ${rest} more`);
  return new ResultError(`${fileName}: ${shown.join("; ")}`, problems);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Parsed JSON that is an object, from text or from a value parsed elsewhere. */
export function objectFrom(json: unknown, fileName: string): Record<string, unknown> {
  let value = json;
  if (typeof json === "string") {
    try {
      value = JSON.parse(json);
    } catch (cause) {
      throw fileError(fileName, [{ field: "", message: `not JSON: ${(cause as SyntaxError).message}` }]);
    }
  }
  if (!isObject(value)) throw fileError(fileName, [{ field: "", message: "expected a JSON object" }]);
  return value;
}

/** zod's issues as fields and messages. */
export function problemsOf(error: z.ZodError): Problem[] {
  return error.issues.map((issue) => ({ field: issue.path.map(String).join("."), message: issue.message }));
}

/**
 * A result from JSON text (or from an already parsed value), brought to the newest version and checked against the
 * schema. Whether its numbers agree with each other is `verifyResult`'s question.
 *
 * @throws ResultError naming the file and each wrong field
 */
export function parseResult(json: unknown, fileName: string): Result {
  const document = objectFrom(json, fileName);
  let migrated: unknown;
  try {
    migrated = migrate(document);
  } catch (error) {
    if (error instanceof ResultError) throw fileError(fileName, [{ field: "", message: error.message }]);
    throw error;
  }
  const parsed = resultSchema.safeParse(migrated);
  if (!parsed.success) throw fileError(fileName, problemsOf(parsed.error));
  return parsed.data;
}
