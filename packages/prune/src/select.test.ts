import { sizeOf } from "@ticketbench/model";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Allocation, apportion, GRANULARITIES, unitsOf } from "./allocation.ts";
import { unpack } from "./bits.ts";
import { Mask } from "./mask.ts";
import { moduleOf } from "./parameter.ts";
import { type Scores, selectHighest, selectInUnits, type Unit } from "./select.ts";
import { byName, rowsAndColumns, type Shapes } from "./shapes.ts";

/** The naive version: sort everything, highest first, ties by name and index; keep the first ones. */
function bySorting(scores: Scores, keep: number): Map<string, Uint8Array> {
  const all = [...scores].flatMap(([name, values]) => [...values].map((score, index) => ({ name, score, index })));
  all.sort((a, b) => b.score - a.score || byName(a.name, b.name) || a.index - b.index);
  const kept = new Map([...scores].map(([name, values]) => [name, new Uint8Array(values.length)]));
  for (const { name, index } of all.slice(0, keep)) (kept.get(name) as Uint8Array)[index] = 1;
  return kept;
}

function asBytes(bits: ReadonlyMap<string, Uint8Array>, scores: Scores): Map<string, Uint8Array> {
  return new Map([...bits].map(([name, packed]) => [name, unpack(packed, scores.get(name)?.length ?? 0)]));
}

const manyTies = fc.constantFrom(0, -0, 1, -1, 0.5, 1e-40, -1e-40, 3.4e38, Infinity, -Infinity);
const anyScore = fc.oneof(manyTies, fc.float({ noNaN: true }));
const anyScores = fc
  .dictionary(fc.constantFrom("a", "b", "B", "c.weight", "0"), fc.array(anyScore, { maxLength: 40 }))
  .map((entries) => new Map(Object.entries(entries).map(([name, values]) => [name, Float32Array.from(values)])));

test("keeps what sorting keeps, ties included, in any order of the map", () => {
  fc.assert(
    fc.property(anyScores, fc.double({ min: 0, max: 1, noNaN: true }), (scores, share) => {
      const size = [...scores.values()].reduce((sum, { length }) => sum + length, 0);
      const keep = Math.round(share * size);
      const expected = bySorting(scores, keep);
      expect(asBytes(selectHighest(scores, keep), scores)).toEqual(expected);
      const reversed = new Map([...scores].reverse());
      const found = selectHighest(reversed, keep);
      for (const [name, bits] of selectHighest(scores, keep)) expect(found.get(name)).toEqual(bits);
    }),
    { numRuns: 300 },
  );
});

test("large units, whose digits are wide, keep what sorting keeps", () => {
  const values = Float32Array.from({ length: 40_000 }, (_, i) => Math.fround(((i * 7919) % 5003) - 2500) / 64);
  const scores = new Map([["x", values]]);
  for (const keep of [0, 1, 19_999, 39_999, 40_000])
    expect(asBytes(selectHighest(scores, keep), scores)).toEqual(bySorting(scores, keep));
});

test.each([
  ["without pattern", (i: number) => Math.fround(Math.sin(i * i))],
  ["half of them equal", (i: number) => (i % 2 === 0 ? 0.25 : Math.fround(Math.sin(i * i)))],
  ["all equal", () => 1],
  ["rising, so that a sample misleads nobody", (i: number) => i],
  ["few values", (i: number) => i % 5],
] as const)("very many scores, %s: exactly the highest, the first of equals, by one pass or by digits", (_, score) => {
  const all = new Float32Array(2_100_004).map((_, i) => score(i));
  const scores = new Map([
    ["b", all.subarray(1_200_003)],
    ["a", all.subarray(0, 1_200_003)],
  ]);
  const sorted = all.toSorted();
  for (const keep of [1, 700_000]) {
    const lowest = sorted[sorted.length - keep] as number;
    let ties = keep - (sorted.length - 1 - sorted.lastIndexOf(lowest));
    const expected = new Uint8Array(all.length);
    all.forEach((value, i) => (expected[i] = value > lowest || (value === lowest && ties-- > 0) ? 1 : 0));
    const found = asBytes(selectHighest(scores, keep), scores);
    expect(Buffer.compare(found.get("a") as Uint8Array, expected.subarray(0, 1_200_003))).toBe(0);
    expect(Buffer.compare(found.get("b") as Uint8Array, expected.subarray(1_200_003))).toBe(0);
  }
});

test("NaN is an error that names the parameter and the place", () => {
  const scores = new Map([
    ["ok", Float32Array.of(1)],
    ["bad", Float32Array.of(1, NaN)],
  ]);
  expect(() => selectHighest(scores, 1)).toThrow(/bad: NaN at index 1/);
  const negative = new Float32Array(Uint32Array.of(0xffc00000).buffer);
  expect(() => selectHighest(new Map([["minus", negative]]), 0)).toThrow(/minus: NaN/);
});

test("more places than weights, or parts of one, are refused", () => {
  const scores = new Map([["x", Float32Array.of(1, 2)]]);
  for (const keep of [3, -1, 0.5]) expect(() => selectHighest(scores, keep)).toThrow(/cannot keep/);
});

test("apportioning sums to the total, stays within its limits and never takes a place back", () => {
  const part = fc.record({ weight: fc.nat({ max: 50 }), limit: fc.nat({ max: 30 }) });
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 12 }), (parts) => {
      const [weights, limits] = [parts.map((p) => p.weight), parts.map((p) => p.limit)];
      const room = parts.reduce((sum, p) => sum + (p.weight > 0 ? p.limit : 0), 0);
      let before = parts.map(() => 0);
      for (let total = 0; total <= room; total++) {
        const counts = apportion(total, weights, limits);
        expect(counts.reduce((a, b) => a + b, 0)).toBe(total);
        counts.forEach((count, i) => {
          expect(count).toBeLessThanOrEqual(limits[i] as number);
          expect(count).toBeGreaterThanOrEqual(before[i] as number);
        });
        before = counts;
      }
      expect(() => apportion(room + 1, weights, limits)).toThrow(/there is room for/);
    }),
  );
});

test("ERK by hand: a 2 x 2 and a 4 x 8 matrix keep in proportion 4 : 12, the small one at most whole", () => {
  const shapes: Shapes = new Map([
    ["large", [4, 8]],
    ["small", [2, 2]],
  ]);
  const kept = (keep: number) => unitsOf(shapes, ["small", "large"], keep, "layer", "erk").map((unit) => unit.keep);
  expect(kept(12)).toEqual([9, 3]);
  expect(kept(20)).toEqual([16, 4]);
});

test("ratios by hand: language loses twice the share of the object encoder, which loses half", () => {
  const [language, object] = ["bert.encoder.layer.0.x.weight", "bert.encoder.r_layers.0.x.weight"];
  const shapes: Shapes = new Map([
    [language, [5, 4]],
    [object, [5, 4]],
  ]);
  const units = unitsOf(shapes, [language, object], 28, "layer", { language: 2, object: 1 });
  expect(units.map((unit) => [unit.slices[0]?.name, unit.keep])).toEqual([
    [language, 12],
    [object, 16],
  ]);
  const spared = unitsOf(shapes, [language, object], 28, "global", { object: 0 });
  expect(spared.find((unit) => unit.slices[0]?.name === object)?.keep).toBe(20);
  expect(() => unitsOf(shapes, [language, object], 15, "global", { object: 0 })).toThrow(/there is room for 20/);
  expect(() => unitsOf(shapes, [language], 1, "global", { sound: 1 } as never)).toThrow(/no module is called "sound"/);
});

const names = [
  "bert.encoder.layer.0.a.weight",
  "bert.encoder.layer.1.b.weight",
  "bert.encoder.r_layers.0.c.weight",
  "bert.encoder.x_layers.0.d.bias",
] as const;
const anyShapes: fc.Arbitrary<Shapes> = fc
  .tuple(...names.slice(0, 3).map(() => fc.tuple(fc.nat({ max: 6 }), fc.nat({ max: 9 }))), fc.nat({ max: 7 }))
  .map((shapes) => new Map(names.map((name, i) => [name, [shapes[i] ?? []].flat()])));

/** Whether a unit keeps exactly its places, and nothing it prunes scores higher than anything it keeps. */
function keepsItsBest({ slices, keep }: Unit, mask: Mask, scores: Scores): boolean {
  const members = slices.flatMap(({ name, start, end }) => {
    const [bytes, values] = [mask.toBytes(name).subarray(start, end), scores.get(name)?.subarray(start, end)];
    return [...bytes].map((kept, i) => ({ kept, score: values?.[i] ?? NaN }));
  });
  const [stay, go] = [1, 0].map((side) => members.filter(({ kept }) => kept === side).map(({ score }) => score));
  return stay?.length === keep && Math.min(...stay, Infinity) >= Math.max(...(go ?? []), -Infinity);
}

const ALLOCATIONS: Record<string, Allocation> = {
  uniform: "uniform",
  erk: "erk",
  ratios: { language: 1.5, object: 0.5 },
};

describe.each(GRANULARITIES)("%s granularity", (granularity) => {
  test.each(Object.keys(ALLOCATIONS))("%s allocation: exact counts, nested masks, the best of every unit", (kind) => {
    const allocation = ALLOCATIONS[kind] as Allocation;
    fc.assert(
      fc.property(anyShapes, fc.infiniteStream(manyTies), (shapes, stream) => {
        const draw = () => stream.next().value as number;
        const scores = new Map(
          [...shapes].map(([name, shape]) => [name, Float32Array.from({ length: sizeOf(shape) }, draw)]),
        );
        const size = [...shapes.values()].reduce((sum, shape) => sum + sizeOf(shape), 0);
        let before = new Mask(shapes, selectInUnits(scores, unitsOf(shapes, names, 0, granularity, allocation)));
        for (let keep = 1; keep <= size; keep++) {
          const units = unitsOf(shapes, names, keep, granularity, allocation);
          const mask = new Mask(shapes, selectInUnits(scores, units));
          expect(mask.kept()).toBe(keep);
          expect(before.isNestedIn(mask)).toBe(true);
          expect(units.every((unit) => keepsItsBest(unit, mask, scores))).toBe(true);
          before = mask;
        }
      }),
      { numRuns: 40 },
    );
  });

  test("uniform gives every unit its share to one weight", () => {
    const shapes: Shapes = new Map(names.map((name, i) => [name, [4 + i, 10]]));
    const units = unitsOf(shapes, names, 100, granularity, "uniform");
    for (const { slices, keep } of units) {
      const size = slices.reduce((sum, { start, end }) => sum + end - start, 0);
      expect(Math.abs(keep - (size * 100) / 220)).toBeLessThanOrEqual(1);
    }
    const rows = [...shapes.values()].reduce((sum, shape) => sum + rowsAndColumns(shape)[0], 0);
    expect(units).toHaveLength({ global: 1, layer: 4, row: rows }[granularity]);
  });
});

test("ratios at global granularity let weights compete across a module, not across modules", () => {
  const shapes: Shapes = new Map(names.map((name) => [name, [2, 2]]));
  const units = unitsOf(shapes, names, 8, "global", { language: 1 });
  for (const { slices } of units) expect(new Set(slices.map(({ name }) => moduleOf(name))).size).toBeLessThanOrEqual(1);
});
