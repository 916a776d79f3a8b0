import { z } from "zod";
import { hash, label } from "./scalar.ts";

const methodId = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "expected words of a-z and 0-9 joined by '-'");

/** One parameter as its schema has it, in words and numbers that are shown as they are. */
const parameter = z.strictObject({
  name: label,
  /** "integer", "number", "boolean", "one of layer, global": whatever a reader understands. */
  type: label,
  /** null where the parameter must be given. */
  default: z.json(),
  /** What is accepted, as "1 to 50"; null where the type says it all. */
  range: label.nullable(),
  doc: z.string().max(2000),
});

/** One line of the conformance kit's report. */
const conformance = z.strictObject({
  check: label,
  outcome: z.enum(["passed", "warned", "failed"]),
  line: z.string().max(2000),
});

/** A method as its file describes it, and what the conformance kit found on it. */
const methodCard = z.strictObject({
  id: methodId,
  title: label,
  /** What it does, in a sentence. */
  idea: z.string().min(1).max(2000),
  /** BibTeX of the paper it comes from. */
  citation: z.string().max(4000),
  /** Hash of the method's code: the same one that its results carry. */
  version: hash,
  family: label.optional(),
  /** What it looks at beyond the weights: "calibration", "gradients", "training"; empty where it needs nothing. */
  needs: z.array(label),
  /** The pattern of its masks, as "2:4 in every row"; left out where single weights go. */
  structure: label.optional(),
  parameters: z.array(parameter),
  conformance: z.array(conformance),
});

/** `results/methods.json`: every method of the bench, as exported from its code. Ids are unique. */
export const methodCardsSchema = z.strictObject({
  version: z.literal(1),
  methods: z
    .array(methodCard)
    .refine((methods) => new Set(methods.map(({ id }) => id)).size === methods.length, "two methods of one id"),
});

export type MethodCards = z.output<typeof methodCardsSchema>;
export type MethodCard = z.output<typeof methodCard>;
