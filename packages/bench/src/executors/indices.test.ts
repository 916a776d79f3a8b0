import fc from "fast-check";
import { expect, test } from "vitest";
import { readIndices, writeIndices } from "./indices.ts";

test("numbers come back from the form that schedulers read", () => {
  const ascending = fc.uniqueArray(fc.nat(3000)).map((numbers) => numbers.sort((a, b) => a - b));
  fc.assert(
    fc.property(ascending, (numbers) => {
      fc.pre(numbers.length > 0);
      expect(readIndices(writeIndices(numbers))).toEqual(numbers);
    }),
  );
  expect(writeIndices([3, 7, 12, 13, 14])).toBe("3,7,12-14");
});

test("anything else is refused", () => {
  for (const wrong of ["", "3-", "5-3", "a", "1,,2", "0-99999999"])
    expect(() => readIndices(wrong)).toThrow(/expected numbers/);
});
