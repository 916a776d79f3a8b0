import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decodeMask, encodeMask, hashMask } from "./mask-code.ts";
import { loadMask, saveMask } from "./mask-file.ts";
import { Mask } from "./mask.ts";
import type { Shapes } from "./shapes.ts";

const shapes: Shapes = new Map([
  ["b.weight", [3, 5]],
  ["a.weight", [2, 4]],
  ["a.bias", [3]],
  ["empty", [0, 4]],
]);
const bytes = (...values: number[]) => Uint8Array.from(values);
const small = Mask.fromBytes(
  shapes,
  new Map([
    ["b.weight", bytes(1, 0, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1, 0, 1, 0)],
    ["empty", bytes()],
  ]),
);
const weights = new Map(
  [...shapes].map(([name, shape]) => {
    const size = shape.reduce((a, b) => a * b, 1);
    return [name, { shape, values: Float32Array.from({ length: size }, (_, i) => -i - 1) }];
  }),
);

/** Any mask of the model's two matrices. */
const anyMask = fc
  .tuple(
    fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 15, maxLength: 15 }),
    fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 8, maxLength: 8 }),
  )
  .map(
    ([b, a]) =>
      new Map([
        ["b.weight", bytes(...b)],
        ["a.weight", bytes(...a)],
      ]),
  );

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ticketbench-mask-"));
});
afterAll(() => rm(folder, { recursive: true }));

test("counts the weights it keeps, and keeps whole what was never up for pruning", () => {
  expect(small.kept("b.weight")).toBe(10);
  expect(small.kept()).toBe(10);
  expect(small.size()).toBe(15);
  expect(small.sparsity).toBeCloseTo(1 / 3);
  expect(small.kept("a.weight")).toBe(8);
  expect(small.toBytes("a.bias")).toEqual(bytes(1, 1, 1));
  expect(() => small.size("c")).toThrow(/no parameter c/);
});

test("zeroes pruned weights exactly, leaves the others' bits, and sees those that regrow", () => {
  const masked = small.apply(weights);
  const values = masked.get("b.weight")?.values;
  expect(values).toEqual(Float32Array.of(-1, 0, -3, -4, -5, 0, 0, -8, -9, -10, -11, -12, 0, -14, 0));
  expect(Object.is(values?.[1], 0)).toBe(true);
  expect(small.regrown(masked).size).toBe(0);
  expect(small.regrown(weights)).toEqual(new Map([["b.weight", 5]]));
});

test("set operations agree with one loop over the bytes", () => {
  fc.assert(
    fc.property(anyMask, anyMask, (one, two) => {
      const [a, b] = [Mask.fromBytes(shapes, one), Mask.fromBytes(shapes, two)];
      const pairs = [...one].flatMap(([name, values]) => [...values].map((x, i) => [x, two.get(name)?.[i]]));
      expect(a.overlap(b)).toBe(pairs.filter(([x, y]) => x === 1 && y === 1).length);
      expect(a.isNestedIn(b)).toBe(pairs.every(([x, y]) => x === 0 || y === 1));
      expect(a.equals(b)).toBe(pairs.every(([x, y]) => x === y));
      for (const [name, values] of one) expect(a.toBytes(name)).toEqual(values);
    }),
  );
});

test("comes back from its bytes the same, for a model listed in another order too", async () => {
  const reordered = new Map([...shapes].reverse());
  await fc.assert(
    fc.asyncProperty(anyMask, async (map) => {
      const mask = Mask.fromBytes(shapes, map);
      const read = await decodeMask(await encodeMask(mask), reordered);
      expect(read.equals(mask)).toBe(true);
      expect(await hashMask(read)).toBe(await hashMask(mask));
    }),
    { numRuns: 20 },
  );
});

test("different bits have different hashes", async () => {
  const other = Mask.dense(shapes, ["b.weight", "empty"]);
  expect(await hashMask(other)).not.toBe(await hashMask(small));
  expect(await hashMask(small)).toMatch(/^[0-9a-f]{64}$/);
});

test("a file is written whole, read back, and refused when damaged, missing or of another model", async () => {
  const path = join(folder, "small.mask");
  await saveMask(path, small);
  expect((await loadMask(path, shapes)).equals(small)).toBe(true);

  const other = new Map([...shapes, ["c.weight", [2]]]);
  await expect(loadMask(path, other)).rejects.toThrow(/small\.mask: the mask is of another model/);

  const damaged = join(folder, "damaged.mask");
  const content = await readFile(path);
  await writeFile(damaged, content.subarray(0, content.length - 3));
  await expect(loadMask(damaged, shapes)).rejects.toThrow(/damaged\.mask/);
  await expect(loadMask(join(folder, "none.mask"), shapes)).rejects.toThrow(/none\.mask/);
});

test("one flipped bit is found", async () => {
  const encoded = await encodeMask(small);
  const last = encoded.length - 2;
  encoded[last] = (encoded[last] as number) ^ 1;
  await expect(decodeMask(encoded, shapes)).rejects.toThrow(/do not match its hash/);
});

test("refuses wrong names, lengths, values and spare bits when made", () => {
  expect(() => new Mask(shapes, new Map([["c", bytes(1)]]))).toThrow(/no such parameter/);
  expect(() => new Mask(shapes, new Map([["b.weight", bytes(1)]]))).toThrow(/1 bytes for 15 weights/);
  expect(() => new Mask(shapes, new Map([["a.bias", bytes(0b1111)]]))).toThrow(/past its last weight/);
  expect(() => Mask.fromBytes(shapes, new Map([["a.bias", bytes(1, 2, 0)]]))).toThrow(/2 at index 1/);
});

test("refuses to be applied to, or compared with, another model", () => {
  const other = new Map(weights);
  other.set("b.weight", { shape: [5, 3], values: new Float32Array(15) });
  expect(() => small.apply(other)).toThrow(/b\.weight is \[5, 3\] here, \[3, 5\] in the mask/);
  other.delete("b.weight");
  expect(() => small.apply(other)).toThrow(/have no b\.weight/);
  expect(() => small.overlap(Mask.dense(shapes, ["a.weight"]))).toThrow(/different prunable/);
});

test("does not change when what it was made of does", () => {
  const source = new Map([["b.weight", Uint8Array.of(0xff, 0x7f)]]);
  const mask = new Mask(shapes, source);
  source.get("b.weight")?.fill(0);
  mask.bits("b.weight").fill(0);
  expect(mask.kept()).toBe(15);
});
