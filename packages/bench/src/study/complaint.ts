import { closest, distance } from "fastest-levenshtein";
import { z } from "zod";
import { knownKeys, knownPaths, schemaAt } from "./schema-path.ts";

/** One fault of a value: where it is, and in words what it is and what was expected. */
export interface Complaint {
  readonly path: readonly PropertyKey[];
  /** The fault lies in the key itself, not in its value. */
  readonly inKey: boolean;
  readonly text: string;
}

/** Say in words what is wrong with `value`, in the order in which zod found it; empty when nothing is. */
export function complaints(schema: z.ZodType, value: unknown): Complaint[] {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return [];
  return parsed.error.issues.flatMap((issue) => complain(schema, value, issue));
}

function complain(schema: z.ZodType, value: unknown, issue: z.core.$ZodIssue): Complaint[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      path: [...issue.path, key],
      inKey: true,
      text: unknownKey(schema, value, issue.path, key),
    }));
  }
  const inner = deeperIssue(issue, valueAt(value, issue.path));
  if (inner !== null) return complain(schema, value, { ...inner, path: [...issue.path, ...inner.path] });
  const found = valueAt(value, issue.path);
  const leaf = schemaAt(schema, issue.path, value);
  const expected = expectation(leaf, issue);
  const text =
    found === undefined
      ? `missing: ${expected}`
      : `${show(found)} ${fault(issue)}: ${expected}${hint(leaf, issue, found)}`;
  return [{ path: issue.path, inKey: false, text }];
}

/** A union says only "no member fits"; the member of the value's own type says why. */
function deeperIssue(issue: z.core.$ZodIssue, found: unknown): z.core.$ZodIssue | null {
  if (issue.code !== "invalid_union") return null;
  const ofSameType = issue.errors.filter((errors) => errors[0]?.code !== "invalid_type" || errors[0].path.length > 0);
  // What got further in than the value's own kind says more.
  const inside = ofSameType.find(([first]) => first !== undefined && first.path.length > 0);
  return found === undefined ? null : ((inside ?? ofSameType[0])?.[0] ?? null);
}

function unknownKey(schema: z.ZodType, value: unknown, path: readonly PropertyKey[], key: string): string {
  const parent = schemaAt(schema, path, value);
  const here = parent === null ? [] : knownKeys(parent);
  const near = nearest(key, here);
  if (near !== null) return `unknown key "${key}": did you mean "${near}"?`;
  const own = [...path, key].map(String).join(".");
  const known = knownPaths(schema);
  const kind = valueAt(value, [...path, "kind"]);
  if (known.includes(own)) return `unknown key "${key}": it has no meaning with kind: ${String(kind)}`;
  const elsewhere = known.filter((each) => each.split(".").at(-1) === key);
  if (elsewhere.length > 0) return `unknown key "${key}": here it means nothing, did you mean ${orList(elsewhere)}?`;
  return `unknown key "${key}": expected ${orList(here)}`;
}

function fault(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "too_big":
      return "is too big";
    case "too_small":
      return issue.origin === "array" || issue.origin === "string" ? "is too short" : "is too small";
    case "invalid_type":
      return "is of the wrong type";
    default:
      return "is not allowed";
  }
}

function expectation(leaf: z.core.$ZodType | null, issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_format" || issue.code === "custom") return issue.message;
  if (issue.code === "invalid_key") return issue.issues[0]?.message ?? issue.message;
  if (issue.code === "invalid_union" && "options" in issue && issue.options !== undefined) {
    return `expected ${words(issue.options)}`;
  }
  return leaf === null ? issue.message : `expected ${describe(z.toJSONSchema(leaf, { io: "input" }))}`;
}

function hint(leaf: z.core.$ZodType | null, issue: z.core.$ZodIssue, found: unknown): string {
  if (issue.code !== "invalid_value" || leaf === null || typeof found !== "string") return "";
  const near = nearest(found, issue.values.map(String));
  return near === null ? "" : `; did you mean "${near}"?`;
}

/** What a JSON Schema asks for, in words. */
function describe(schema: z.core.JSONSchema.BaseSchema): string {
  if (schema.enum !== undefined) return words(schema.enum);
  if (schema.const !== undefined) return show(schema.const);
  const members = schema.anyOf ?? schema.oneOf;
  if (members !== undefined) return describeUnion(members);
  switch (schema.type) {
    case "integer":
      return `a whole number${range(schema)}`;
    case "number":
      return `a number${range(schema)}`;
    case "array":
      return `a list${(schema.minItems ?? 0) > 0 ? ` of at least ${schema.minItems}` : ""}`;
    case "object":
      return "a block of keys";
    case "string":
      return "a text";
    case "boolean":
      return "true or false";
    default:
      return String(schema.type ?? "another value");
  }
}

/** Blocks that differ in their kind are told by it. */
function describeUnion(members: readonly z.core.JSONSchema.BaseSchema[]): string {
  const kinds = members.map(kindOf);
  if (kinds.every((kind) => kind !== undefined)) return `a block of keys with kind: ${words(kinds)}`;
  return orList([...new Set(members.map((member) => describe(member)))]);
}

function kindOf({ properties }: z.core.JSONSchema.BaseSchema): unknown {
  const kind = properties?.["kind"];
  return typeof kind === "object" ? kind.const : undefined;
}

function range(schema: z.core.JSONSchema.BaseSchema): string {
  const low = schema.minimum !== undefined ? ` from ${schema.minimum}` : "";
  const above = schema.exclusiveMinimum !== undefined ? ` above ${schema.exclusiveMinimum}` : "";
  const unbounded = schema.maximum === undefined || schema.maximum >= Number.MAX_SAFE_INTEGER;
  const high = unbounded ? (low === "" ? "" : " up") : ` up to ${schema.maximum}`;
  const below = schema.exclusiveMaximum !== undefined ? ` up to, not including, ${schema.exclusiveMaximum}` : "";
  return `${low}${above}${below === "" ? high : below}`;
}

/** The known word a person probably meant, or null when none is near. */
export function nearest(word: string, known: readonly string[]): string | null {
  if (known.length === 0) return null;
  const candidate = closest(word, [...known]);
  return distance(word, candidate) <= Math.max(1, Math.ceil(word.length / 3)) ? candidate : null;
}

export function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Record<PropertyKey, unknown>)[key];
  }
  return found;
}

function words(values: readonly unknown[]): string {
  return orList(values.map((value) => String(value)));
}

function orList(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} or ${parts.at(-1)}`;
}
