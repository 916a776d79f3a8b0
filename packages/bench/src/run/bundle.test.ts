import fc from "fast-check";
import { expect, test } from "vitest";
import { type BundleArray, BundleError, decodeBundle, encodeBundle } from "./bundle.ts";

const array = fc.oneof<fc.Arbitrary<BundleArray>[]>(
  fc.float32Array(),
  fc.float64Array(),
  fc.int32Array(),
  fc.uint32Array(),
  fc.uint8Array(),
);
const bundle = fc.record({
  arrays: fc.dictionary(fc.string(), array).map((record) => new Map(Object.entries(record))),
  meta: fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown),
});

test("what was encoded comes back bit by bit, type by type, and equal content gives equal bytes", () => {
  fc.assert(
    fc.property(bundle, (content) => {
      const bytes = encodeBundle(content);
      expect(decodeBundle(bytes)).toEqual(content);
      expect(encodeBundle(decodeBundle(bytes))).toEqual(bytes);
    }),
  );
});

test("NaN payloads and negative zero survive", () => {
  const bits = new Uint32Array([0x7fc00001, 0xffc12345, 0x80000000]);
  const { arrays } = decodeBundle(
    encodeBundle({ arrays: new Map([["x", new Float32Array(bits.buffer)]]), meta: null }),
  );
  expect(new Uint32Array((arrays.get("x") as Float32Array).buffer)).toEqual(bits);
});

test("a single changed or missing byte is found", () => {
  const bytes = encodeBundle({ arrays: new Map([["x", new Float32Array([1, 2, 3])]]), meta: { step: 3 } });
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const damaged = Uint8Array.from(bytes);
      damaged[at] = (damaged[at] as number) ^ change;
      expect(() => decodeBundle(damaged)).toThrow(BundleError);
      expect(() => decodeBundle(bytes.slice(0, at))).toThrow(BundleError);
    }),
  );
});
