import { expect, test } from "vitest";
import { z } from "zod";
import gmp from "./methods/gmp.ts";
import imp from "./methods/imp.ts";
import magnitude from "./methods/magnitude.ts";
import nm from "./methods/n-m.ts";
import shuffle from "./methods/shuffle.ts";
import { parseParams } from "./params.ts";
import { PruneError } from "./prune-error.ts";

test("parameters that are left out have the method's own values", () => {
  expect(parseParams(gmp, { every: 5 })).toEqual({ begin: 0, end: 0.5, every: 5 });
  expect(parseParams(magnitude, undefined)).toEqual({});
});

test.each([
  [imp, { round: 3 }, 'no parameter is called "round"; did you mean "rounds"? (its parameters: rounds)'],
  [magnitude, { rounds: 3 }, 'no parameter is called "rounds" (it has no parameters)'],
  [imp, { rounds: 99 }, "parameter rounds is 99: expected at most 50"],
  [imp, { rounds: 0 }, "parameter rounds is 0: expected at least 1"],
  [imp, { rounds: 2.5 }, "parameter rounds is 2.5: expected a whole number"],
  [imp, { rounds: "three" }, 'parameter rounds is "three": expected a number'],
  [gmp, { end: 1.5 }, "parameter end is 1.5: expected at most 1"],
  [nm, { m: 3 }, "parameter m is 3: expected 4 or 8"],
  [shuffle, { of: 3 }, "parameter of is 3: expected a string"],
  [imp, 3, "parameter object is 3: expected an object"],
] as const)("%# is refused by name, with what it is and what was expected", (method, params, message) => {
  expect(() => parseParams(method, params)).toThrow(new PruneError(`${method.title}: ${message}`));
});

test("what lies deeper is named by its path", () => {
  const params = z.strictObject({ rate: z.strictObject({ start: z.number().gt(0) }) });
  const nested = { ...magnitude, params };
  expect(() => parseParams(nested, {})).toThrow("parameter rate is missing: expected an object");
  expect(() => parseParams(nested, { rate: { start: 1, stop: 2 } })).toThrow('parameter rate has no "stop"');
  expect(() => parseParams(nested, { rate: { start: 0 } })).toThrow("rate.start is 0: expected a number above 0");
});
