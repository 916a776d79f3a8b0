import { expect, test } from "vitest";
import { z } from "zod";
import { parameterWords } from "./methods-parameters.ts";

const wordsOf = (params: z.ZodType) => parameterWords(z.toJSONSchema(params, { io: "input" }));

test("a parameter is shown by type, default, range and description", () => {
  const words = wordsOf(
    z.strictObject({
      share: z.number().min(0).max(1).default(0.3).describe("share exchanged"),
      rounds: z.int().min(1).default(3).describe("prunings"),
      step: z.number().positive().max(0.1).default(0.001).describe("length"),
      below: z.number().lt(2).default(1).describe("less than two"),
      free: z.number().default(7).describe("any number"),
    }),
  );
  expect(words).toEqual([
    { name: "share", type: "number", default: 0.3, range: "0 to 1", doc: "share exchanged" },
    { name: "rounds", type: "integer", default: 3, range: "1 or more", doc: "prunings" },
    { name: "step", type: "number", default: 0.001, range: "above 0, up to 0.1", doc: "length" },
    { name: "below", type: "number", default: 1, range: "below 2", doc: "less than two" },
    { name: "free", type: "number", default: 7, range: null, doc: "any number" },
  ]);
});

test("choices are listed, and a parameter without default or description says so", () => {
  const words = wordsOf(
    z.strictObject({
      scale: z.enum(["layer", "global"]).default("layer"),
      m: z.union([z.literal(4), z.literal(8)]),
      either: z.union([z.string(), z.boolean()]),
    }),
  );
  expect(words).toEqual([
    { name: "scale", type: "one of layer, global", default: "layer", range: null, doc: "" },
    { name: "m", type: "one of 4, 8", default: null, range: null, doc: "" },
    { name: "either", type: "string or boolean", default: null, range: null, doc: "" },
  ]);
});

test("a method without parameters has none", () => {
  expect(wordsOf(z.strictObject({}))).toEqual([]);
});
