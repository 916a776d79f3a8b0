import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ResultError } from "./error.ts";
import { packSymbols, unpackSymbols } from "./symbols.ts";

const sequences = fc
  .tuple(fc.integer({ min: 1, max: 4000 }), fc.integer({ min: 0, max: 1e6 }))
  .chain(([radix, base]) => fc.array(fc.integer({ min: base, max: base + radix - 1 }), { maxLength: 300 }));

describe("packed symbols", () => {
  it("come back as they were, whatever their alphabet", () => {
    fc.assert(
      fc.property(sequences, (values) => {
        expect(Array.from(unpackSymbols(packSymbols(values)))).toEqual(values);
      }),
    );
  });

  it("are equal only when the sequences are", () => {
    const pairs = fc
      .array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 60 })
      .chain((values) =>
        fc.record({ values: fc.constant(values), at: fc.nat(values.length - 1), by: fc.integer({ min: 1, max: 4 }) }),
      );
    fc.assert(
      fc.property(pairs, ({ values, at, by }) => {
        const other = values.map((value, i) => (i === at ? (value + by) % 5 : value));
        expect(packSymbols(other)).not.toEqual(packSymbols(values));
        expect(packSymbols([...values])).toEqual(packSymbols(values));
      }),
    );
  });

  it("take the entropy of their counts: under a bit a question where four of five are answered right", () => {
    const scores = Array.from({ length: 25_994 }, (_, i) => [10, 10, 0, 10, 10][(i * i) % 5] ?? 0);
    const bytes = (packSymbols(scores).data.length * 3) / 4;
    expect(bytes * 8).toBeLessThan(25_994 * 0.973);
    expect(packSymbols(new Uint8Array(25_994)).data.length).toBeLessThanOrEqual(8);
  });

  it("refuse to be unpacked when a character, a count or a symbol was changed", () => {
    const packed = packSymbols(Array.from({ length: 200 }, (_, i) => [0, 3, 6, 9, 10][(i * 7) % 11] ?? 10));
    const { data, counts, symbols } = packed;
    const position = fc.nat(data.replaceAll("=", "").length - 1);
    fc.assert(
      fc.property(position, fc.constantFrom(..."ABCDEFghij0123+/"), (at, character) => {
        fc.pre(data[at] !== character);
        const changed = data.slice(0, at) + character + data.slice(at + 1);
        let values: Uint32Array;
        try {
          values = unpackSymbols({ ...packed, data: changed });
        } catch (error) {
          expect(error).toBeInstanceOf(ResultError);
          return;
        }
        // What is accepted is the packing of another order of the same values.
        expect(atob(packSymbols(values).data)).toBe(atob(changed));
        expect(packSymbols(values).counts).toEqual(counts);
      }),
    );
    const moved = counts.map((count, i) => count + (i === 0 ? 1 : i === 1 ? -1 : 0));
    expect(() => unpackSymbols({ ...packed, counts: moved })).toThrow(/does not fit/);
    expect(() => unpackSymbols({ ...packed, symbols: symbols.slice(1) })).toThrow(/one count a symbol/);
    expect(() => unpackSymbols({ ...packed, data: "" })).toThrow(/does not fit/);
    expect(() => unpackSymbols({ ...packed, data: "A?==" })).toThrow(/base64/);
  });
});
