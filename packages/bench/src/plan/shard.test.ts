import fc from "fast-check";
import { expect, test } from "vitest";
import { contentHash } from "./canonical.ts";
import { inShard, parseShard } from "./shard.ts";

test("every cell is in exactly one of the shards", () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 40 }), (text, count) => {
      const id = contentHash(text);
      const shards = Array.from({ length: count }, (_, i) => inShard({ index: i + 1, count })({ id }));
      expect(shards.filter(Boolean)).toHaveLength(1);
    }),
  );
});

test("a shard is written part/parts, from 1", () => {
  expect(parseShard("2/5")).toEqual({ index: 2, count: 5 });
  for (const wrong of ["0/5", "6/5", "2", "a/b", "1/0", "-1/2"])
    expect(() => parseShard(wrong)).toThrow(/such as 2\/5/);
});
