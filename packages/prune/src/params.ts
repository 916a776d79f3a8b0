import { z } from "zod";
import type { Method } from "./define-method.ts";
import { closest } from "./edit-distance.ts";
import { PruneError } from "./prune-error.ts";

/** Parses a method's parameters; a wrong one is a PruneError that names it, what it is and what was expected. */
export function parseParams(method: Method, params: unknown): unknown {
  const given = params ?? {};
  const parsed = method.params.safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const names = method.params instanceof z.ZodObject ? Object.keys(method.params.shape) : [];
  throw new PruneError(`${method.title}: ${issue === undefined ? "wrong parameters" : complaint(issue, given, names)}`);
}

function complaint(issue: z.core.$ZodIssue, given: unknown, names: readonly string[]): string {
  const where = issue.path.join(".");
  if (issue.code !== "unrecognized_keys") {
    const value = issue.path.reduce((inner: unknown, key) => (inner as Record<PropertyKey, unknown>)[key], given);
    return `parameter ${where || "object"} is ${JSON.stringify(value) ?? "missing"}: expected ${expectation(issue)}`;
  }
  const [key = ""] = issue.keys;
  if (where !== "") return `parameter ${where} has no "${key}"`;
  const near = closest(key, names);
  const hint = near === null ? "" : `; did you mean "${near}"?`;
  const known = names.length === 0 ? "it has no parameters" : `its parameters: ${names.join(", ")}`;
  return `no parameter is called "${key}"${hint} (${known})`;
}

/** What would have been right, in a few words. */
function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "too_big":
      return `${issue.inclusive === false ? "a number below" : "at most"} ${issue.maximum}`;
    case "too_small":
      return `${issue.inclusive === false ? "a number above" : "at least"} ${issue.minimum}`;
    case "invalid_type":
      return issue.expected === "int"
        ? "a whole number"
        : `${/^[aeiou]/.test(issue.expected) ? "an" : "a"} ${issue.expected}`;
    case "invalid_value":
      return issue.values.map((value) => JSON.stringify(value)).join(" or ");
    case "invalid_union":
      return [...new Set(issue.errors.flatMap(([first]) => (first === undefined ? [] : [expectation(first)])))].join(
        " or ",
      );
    default:
      return issue.message;
  }
}
