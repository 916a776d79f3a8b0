import type { MethodCard } from "@ticketbench/results";
import { z } from "zod";

type Parameter = MethodCard["parameters"][number];

/** The part of a JSON Schema that parameters of methods are written in. */
const propertySchema = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  default: z.json().optional(),
  description: z.string().default(""),
  const: z.json().optional(),
  enum: z.array(z.json()).optional(),
  anyOf: z.array(z.looseObject({ type: z.string().optional(), const: z.json().optional() })).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  exclusiveMaximum: z.number().optional(),
});
type Property = z.output<typeof propertySchema>;

/** The parameters of a method, from their JSON Schema, as words and numbers to show; none where it has no properties. */
export function parameterWords({ properties = {} }: { readonly properties?: object }): Parameter[] {
  return Object.entries(properties).map(([name, property]) => {
    const parsed = propertySchema.parse(property);
    return {
      name,
      type: typeOf(parsed),
      default: parsed.default ?? null,
      range: rangeOf(parsed),
      doc: parsed.description,
    };
  });
}

function typeOf({ type, enum: values, anyOf }: Property): string {
  if (values !== undefined) return `one of ${values.map(String).join(", ")}`;
  if (anyOf?.every((each) => each.const !== undefined))
    return `one of ${anyOf.map((each) => JSON.stringify(each.const)).join(", ")}`;
  if (anyOf !== undefined) return anyOf.map((each) => each.type ?? "anything").join(" or ");
  return (Array.isArray(type) ? type.join(" or ") : type) ?? "anything";
}

/** "0 to 1", "1 or more", "above 0, up to 0.1"; null where there is no limit but the number's own. */
function rangeOf({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Property): string | null {
  const isLimit = (bound: number | undefined) => bound !== undefined && Math.abs(bound) < Number.MAX_SAFE_INTEGER;
  const lower = [
    ...(isLimit(minimum) ? [`${minimum} or more`] : []),
    ...(isLimit(exclusiveMinimum) ? [`above ${exclusiveMinimum}`] : []),
  ];
  const upper = [
    ...(isLimit(maximum) ? [`up to ${maximum}`] : []),
    ...(isLimit(exclusiveMaximum) ? [`below ${exclusiveMaximum}`] : []),
  ];
  if (isLimit(minimum) && isLimit(maximum)) return `${minimum} to ${maximum}`;
  return [...lower, ...upper].join(", ") || null;
}
