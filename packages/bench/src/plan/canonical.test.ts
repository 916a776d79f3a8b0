import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { contentHash, withoutDefaults } from "./canonical.ts";

const old = z.strictObject({
  size: z.int(),
  recipe: z.strictObject({ epochs: z.int().default(4), rate: z.number().default(0.1) }).prefault({}),
  start: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("a"), depth: z.int().default(1) }),
    z.strictObject({ kind: z.literal("b") }),
  ]),
});
const newer = old.extend({
  colour: z.string().default("red"),
  extra: z.strictObject({ on: z.boolean().default(false) }).prefault({}),
  note: z.string().optional(),
});

test("a hash does not depend on the order of keys", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const turned = Object.fromEntries(Object.entries(value).reverse());
      expect(contentHash(turned)).toBe(contentHash(value));
    }),
  );
});

test("what a schema fills in by itself is left out, at every depth", () => {
  const full = old.parse({ size: 3, recipe: { epochs: 4, rate: 0.5 }, start: { kind: "a" } });
  expect(withoutDefaults(old, full)).toEqual({ size: 3, recipe: { rate: 0.5 }, start: { kind: "a" } });
  const plain = old.parse({ size: 3, start: { kind: "a", depth: 2 } });
  expect(withoutDefaults(old, plain)).toEqual({ size: 3, start: { kind: "a", depth: 2 } });
});

test("fields with defaults that come later leave old hashes as they were", () => {
  const input = { size: 3, start: { kind: "b" as const } };
  const before = contentHash(withoutDefaults(old, old.parse(input)));
  expect(contentHash(withoutDefaults(newer, newer.parse(input)))).toBe(before);
  expect(contentHash(withoutDefaults(newer, newer.parse({ ...input, colour: "blue" })))).not.toBe(before);
});

test("numbers that JSON cannot hold are refused", () => {
  expect(() => contentHash({ loss: Number.NaN })).toThrow();
});
