import type { z } from "zod";

type Schema = z.core.$ZodType;
type Def = z.core.$ZodTypes["_zod"]["def"];

/** The definition under defaults and optionality: what a value that is present must look like. */
export function bare(schema: Schema): Schema {
  const def = (schema as z.core.$ZodTypes)._zod.def;
  switch (def.type) {
    case "default":
    case "prefault":
    case "optional":
    case "nullable":
      return bare(def.innerType);
    default:
      return schema;
  }
}

export function definition(schema: Schema): Def {
  return (schema as z.core.$ZodTypes)._zod.def;
}

/** The member of a union that a value means: by its `kind` where there is one, else the first of the value's type. */
export function memberFor(union: z.core.$ZodUnionDef, value: unknown): Schema | null {
  const members = union.options.map(bare);
  if (!isRecord(value)) return members.find((member) => definition(member).type !== "object") ?? null;
  const objects = members.filter((member) => ["object", "record"].includes(definition(member).type));
  const discriminator = (union as Partial<z.core.$ZodDiscriminatedUnionDef>).discriminator;
  if (discriminator === undefined) return objects[0] ?? null;
  return objects.find((member) => literalsAt(member, discriminator).includes(value[discriminator])) ?? null;
}

/** The schema of the value at `path`, or null where the path leads out of the schema. */
export function schemaAt(schema: Schema, path: readonly PropertyKey[], value: unknown): Schema | null {
  const found = bare(schema);
  const def = definition(found);
  if (def.type === "union") {
    const member = memberFor(def, value);
    if (member !== null) return schemaAt(member, path, value);
    return path.length === 0 ? found : null;
  }
  const [key, ...rest] = path;
  if (key === undefined) return found;
  const child = isRecord(value) || Array.isArray(value) ? (value as Record<PropertyKey, unknown>)[key] : undefined;
  if (def.type === "array") return schemaAt(def.element, rest, child);
  if (def.type === "record") return schemaAt(def.valueType, rest, child);
  if (def.type !== "object") return null;
  const next = Object.hasOwn(def.shape, key) ? def.shape[key as string] : undefined;
  return next === undefined ? null : schemaAt(next, rest, child);
}

/** The keys an object schema or a record of named keys knows; for a union, the keys of all its members. */
export function knownKeys(schema: Schema): string[] {
  const def = definition(bare(schema));
  if (def.type === "object") return Object.keys(def.shape);
  if (def.type === "record") return namesOf(def.keyType);
  if (def.type === "union") return [...new Set(def.options.flatMap((member) => knownKeys(member)))];
  return [];
}

/** Every dotted name a study may set, `recipe.epochs` and its like. */
export function knownPaths(schema: Schema, prefix = ""): string[] {
  const def = definition(bare(schema));
  if (def.type === "union") return [...new Set(def.options.flatMap((member) => knownPaths(member, prefix)))];
  if (def.type !== "object") return [];
  return Object.entries(def.shape).flatMap(([key, child]) => [
    `${prefix}${key}`,
    ...knownPaths(child, `${prefix}${key}.`),
  ]);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function namesOf(schema: Schema): string[] {
  const def = definition(schema);
  return def.type === "enum" ? Object.values(def.entries).map(String) : [];
}

function literalsAt(schema: Schema, key: string): unknown[] {
  const def = definition(schema);
  const child = def.type === "object" ? def.shape[key] : undefined;
  const childDef = child === undefined ? undefined : definition(child);
  return childDef?.type === "literal" ? childDef.values : [];
}
