import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import type { z } from "zod";
import { definition, isRecord, memberFor } from "../study/schema-path.ts";

/** SHA-256 (hex) of a value's canonical JSON (RFC 8785): equal for equal content, whatever the order of its keys. */
export function contentHash(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex");
}

export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new Error("a value without JSON form cannot be hashed");
  return text;
}

/**
 * Leave out what a schema fills in by itself. Hashes are taken of the rest, so that a new field with a default leaves
 * every old hash as it was. (For the same reason a default, once published, never changes.)
 */
export function withoutDefaults(schema: z.core.$ZodType, value: unknown): unknown {
  const def = definition(schema);
  switch (def.type) {
    case "default":
      return canonicalJson(value) === canonicalJson(def.defaultValue)
        ? undefined
        : withoutDefaults(def.innerType, value);
    case "prefault": {
      const rest = withoutDefaults(def.innerType, value);
      return isRecord(rest) && Object.keys(rest).length === 0 ? undefined : rest;
    }
    case "optional":
    case "nullable":
      return value === undefined || value === null ? value : withoutDefaults(def.innerType, value);
    case "union": {
      const member = memberFor(def, value);
      return member === null ? value : withoutDefaults(member, value);
    }
    case "object":
      return isRecord(value) ? fieldsWithoutDefaults(def.shape, value) : value;
    case "array":
      return Array.isArray(value) ? value.map((each) => withoutDefaults(def.element, each)) : value;
    default:
      return value;
  }
}

function fieldsWithoutDefaults(shape: z.core.$ZodShape, value: Record<string, unknown>): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [key, child] of Object.entries(shape)) {
    const rest = withoutDefaults(child, value[key]);
    if (rest !== undefined) kept[key] = rest;
  }
  return kept;
}
