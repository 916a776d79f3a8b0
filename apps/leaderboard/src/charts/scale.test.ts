import { scaleLinear as ofD3 } from "d3";
import fc from "fast-check";
import { expect, test } from "vitest";
import { rounded, scaleLinear } from "./scale.ts";

const end = fc.integer({ min: -100_000, max: 100_000 }).map((hundredths) => hundredths / 100);
const ends = fc.tuple(end, end).filter(([a, b]) => Math.abs(a - b) > 1e-3);
const rising = ends.map(([a, b]): [number, number] => (a < b ? [a, b] : [b, a]));

test("a linear scale places and ticks as d3's does", () => {
  fc.assert(
    fc.property(rising, ends, end, fc.integer({ min: 1, max: 12 }), (domain, range, value, count) => {
      const [ours, theirs] = [scaleLinear(domain, range), ofD3(domain, range)];
      expect(ours(value)).toBeCloseTo(theirs(value), 6);
      expect(ours.ticks(count)).toEqual(theirs.ticks(count));
    }),
  );
});

test("rounding takes the domain out to round values, by less than a step", () => {
  const [from, to] = rounded(scaleLinear([0.573, 0.831], [0, 1]), 4).domain;
  expect(from).toBeCloseTo(0.55, 9);
  expect(to).toBeCloseTo(0.85, 9);
  fc.assert(
    fc.property(rising, fc.integer({ min: 2, max: 12 }), (domain, count) => {
      const [low, high] = rounded(scaleLinear(domain, [0, 1]), count).domain;
      const step = (domain[1] - domain[0]) * 2;
      expect(low).toBeLessThanOrEqual(domain[0] + 1e-9);
      expect(high).toBeGreaterThanOrEqual(domain[1] - 1e-9);
      expect(Math.max(domain[0] - low, high - domain[1])).toBeLessThan(step);
    }),
  );
});
