import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bootstrapMean } from "./bootstrap.ts";
import { holm } from "./holm.ts";
import { noiseThreshold } from "./noise.ts";
import { permutationP } from "./permutation.ts";
import { randomWords } from "./random.ts";
import { tCdf, tQuantile } from "./student-t.ts";
import { mean, quantile, summarize } from "./summary.ts";

const shares = fc.double({ min: 0, max: 1, noNaN: true });
const differences = fc.array(fc.integer({ min: -30, max: 30 }), { minLength: 1, maxLength: 200 });

describe("Student's t", () => {
  it("has a quantile that is its CDF turned round, symmetric about 0", () => {
    const probability = fc.double({ min: 0.001, max: 0.999, noNaN: true });
    const freedom = fc.double({ min: 0.7, max: 1e5, noNaN: true });
    fc.assert(
      fc.property(probability, freedom, (p, df) => {
        expect(tCdf(tQuantile(p, df), df)).toBeCloseTo(p, 10);
        expect(tQuantile(1 - p, df)).toBeCloseTo(-tQuantile(p, df), 6);
      }),
    );
  });

  it("refuses a probability that has no quantile", () => {
    for (const p of [0, 1, Number.NaN]) expect(() => tQuantile(p, 3)).toThrow(RangeError);
  });
});

describe("a summary over seeds", () => {
  it("claims neither spread nor interval from one seed", () => {
    expect(summarize([0.7])).toEqual({ n: 1, mean: 0.7, sd: null, interval: null });
    expect(() => summarize([])).toThrow(/no values/);
  });

  it("has its mean in the middle of its interval", () => {
    fc.assert(
      fc.property(fc.array(shares, { minLength: 2, maxLength: 20 }), (values) => {
        const found = summarize(values);
        expect(((found.interval?.low ?? 0) + (found.interval?.high ?? 0)) / 2).toBeCloseTo(found.mean, 9);
      }),
    );
  });
});

describe("the bootstrap", () => {
  it("stays between the smallest and the largest value, and is the same each time", () => {
    fc.assert(
      fc.property(fc.array(shares, { minLength: 1, maxLength: 50 }), fc.nat(), (values, seed) => {
        const found = bootstrapMean(values, { resamples: 50, seed });
        expect(found.low).toBeGreaterThanOrEqual(Math.min(...values) - 1e-12);
        expect(found.high).toBeLessThanOrEqual(Math.max(...values) + 1e-12);
        expect(bootstrapMean(values, { resamples: 50, seed })).toEqual(found);
      }),
    );
  });
});

describe("the permutation test", () => {
  it("gives the same p whichever side is called a", () => {
    fc.assert(
      fc.property(differences, (values) => {
        const turned = values.map((value) => -value);
        expect(permutationP(turned, { permutations: 200 })).toBe(permutationP(values, { permutations: 200 }));
      }),
    );
  });

  it("is sure of nothing when there is no difference, and never gives 0", () => {
    expect(permutationP(new Int32Array(100))).toBe(1);
    expect(permutationP(new Int32Array(1000).fill(10), { permutations: 999 })).toBe(1 / 1000);
  });

  it("finds p below 0.05 in about one of twenty pairs that do not differ", () => {
    const words = randomWords("null", 1);
    let found = 0;
    for (let trial = 0; trial < 1000; trial++) {
      const values = Array.from(
        { length: 200 },
        () => ((words.next() >>> 7) % 3) * ((words.next() >>> 9) % 2 ? 3 : -3),
      );
      if (permutationP(values, { permutations: 500, seed: trial }) < 0.05) found++;
    }
    // Four standard errors of 1,000 trials are 2.8 points; tied sums make the test a little careful.
    expect(found / 1000).toBeGreaterThan(0.02);
    expect(found / 1000).toBeLessThan(0.078);
  });
});

describe("Holm's adjustment", () => {
  it("never makes a p smaller, and keeps their order", () => {
    fc.assert(
      fc.property(fc.array(shares, { maxLength: 12 }), (pValues) => {
        const adjusted = holm(pValues);
        pValues.forEach((p, i) => {
          expect(adjusted[i]).toBeGreaterThanOrEqual(p);
          expect(adjusted[i]).toBeLessThanOrEqual(1);
          pValues.forEach((q, j) => p < q && expect(adjusted[i]).toBeLessThanOrEqual(adjusted[j] ?? 0));
        });
      }),
    );
  });
});

describe("the noise threshold", () => {
  it("needs history, ignores direction and stands above the usual change", () => {
    expect(noiseThreshold([0.1, 0.2, 0.1])).toBeNull();
    expect(noiseThreshold([0.1, -0.1, 0.1, -0.1])).toBeCloseTo(0.1, 15);
    expect(noiseThreshold([0, 1, 2, 3, 4])).toBe(3 + 3 * 2);
  });
});

describe("random streams", () => {
  it("differ by name and by seed and are uniform", () => {
    const first = (name: string, seed: number): number => randomWords(name, seed).next();
    const heads = new Set(Array.from({ length: 1000 }, (_, seed) => first("a", seed)));
    expect(heads.size).toBe(1000);
    expect(first("a", 0)).not.toBe(first("b", 0));
    const words = randomWords("uniform", 0);
    const sample = Array.from({ length: 10_000 }, () => (words.next() >>> 0) / 2 ** 32);
    expect(mean(sample)).toBeCloseTo(0.5, 1);
    expect(quantile(sample.sort(), 0.25)).toBeCloseTo(0.25, 1);
  });
});
