import { expect, it } from "vitest";
import { pAtMost, points, pRange, pText, seedsText, shareRange, shareText, signedPoints } from "./notation.ts";

it("writes negative numbers with a minus, and no sign before nothing", () => {
  expect([-0.0123, 0.0123, -0.0001, 0].map(points)).toEqual(["\u22121.2", "1.2", "0.0", "0.0"]);
  expect([-0.0123, 0.0123, -0.0001].map(signedPoints)).toEqual(["\u22121.2", "+1.2", "0.0"]);
});

it("keeps numbers, ranges and their units on one line", () => {
  expect(shareText(0.875)).toBe("87.5\u00a0%");
  expect(shareRange(0.5, 0.7)).toBe("50\u201370\u00a0%");
  expect(shareRange(0.5, 0.5)).toBe("50\u00a0%");
  expect(seedsText(3)).toBe("n\u00a0=\u00a03");
});

it("writes p without a leading zero, and none below what it can tell", () => {
  expect(pText(0.0124)).toBe("p\u00a0=\u00a0.012");
  expect(pText(1)).toBe("p\u00a0=\u00a01.000");
  expect(pText(0.0004)).toBe("p\u00a0<\u00a0.001");
  expect(pAtMost(0.0124)).toBe("p\u00a0\u2264\u00a0.012");
  expect(pAtMost(0.0004)).toBe("p\u00a0<\u00a0.001");
  expect(pRange(0.0004, 0.431)).toBe("p from <\u00a0.001 to .431");
});
