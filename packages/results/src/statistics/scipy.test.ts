import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { bootstrapMean } from "./bootstrap.ts";
import { pairedDifference } from "./difference.ts";
import { holm } from "./holm.ts";
import { noiseThreshold } from "./noise.ts";
import { permutationP } from "./permutation.ts";
import { incompleteBeta, tCdf, tQuantile } from "./student-t.ts";
import { summarize } from "./summary.ts";

interface Fixture {
  tCdf: [t: number, df: number, p: number][];
  tQuantile: [p: number, df: number, t: number][];
  incompleteBeta: [x: number, a: number, b: number, value: number][];
  summaries: { values: number[]; mean: number; sd: number; low: number; high: number }[];
  bootstrap: { values: number[]; low: number; high: number };
  permutations: { differences: number[]; p: number }[];
  holm: { p: number[]; adjusted: number[] }[];
  noise: { changes: number[]; threshold: number };
  twoWay: { table: number[][]; low: number; high: number }[];
}

/** Made by fixtures/make_scipy.py. */
const fixture = JSON.parse(readFileSync(new URL("fixtures/scipy.json", import.meta.url), "utf8")) as Fixture;

function relativeError(value: number, reference: number): number {
  return reference === 0 ? Math.abs(value) : Math.abs(value / reference - 1);
}

describe("against SciPy", () => {
  it("the incomplete beta function agrees to 12 digits", () => {
    for (const [x, a, b, value] of fixture.incompleteBeta) {
      // Where the value is the rest of 1, 1 is the scale of its error.
      const error = Math.min(relativeError(incompleteBeta(x, a, b), value), Math.abs(incompleteBeta(x, a, b) - value));
      expect(error, `I_${x}(${a}, ${b})`).toBeLessThan(1e-12);
    }
  });

  it("Student's t agrees: the CDF to 11 digits, the quantile to 10", () => {
    for (const [t, df, p] of fixture.tCdf) expect(relativeError(tCdf(t, df), p), `${t} ${df}`).toBeLessThan(1e-11);
    for (const [p, df, t] of fixture.tQuantile) {
      expect(relativeError(tQuantile(p, df), Math.abs(t) < 1e-12 ? 0 : t), `${p} ${df}`).toBeLessThan(1e-10);
    }
  });

  it("mean, sample standard deviation and t interval agree", () => {
    for (const { values, mean, sd, low, high } of fixture.summaries) {
      const found = summarize(values);
      expect(relativeError(found.mean, mean)).toBeLessThan(1e-13);
      expect(relativeError(found.sd ?? 0, sd)).toBeLessThan(1e-12);
      expect(relativeError(found.interval?.low ?? 0, low)).toBeLessThan(1e-10);
      expect(relativeError(found.interval?.high ?? 0, high)).toBeLessThan(1e-10);
    }
  });

  it("the bootstrap interval agrees within its own sampling error", () => {
    const { values, low, high } = fixture.bootstrap;
    const found = bootstrapMean(values, { resamples: 20_000 });
    expect(Math.abs(found.low - low)).toBeLessThan((high - low) / 50);
    expect(Math.abs(found.high - high)).toBeLessThan((high - low) / 50);
  });

  it("the permutation test agrees with all sign changes counted, within four standard errors", () => {
    const permutations = 100_000;
    for (const { differences, p } of fixture.permutations) {
      const tolerance = 4 * Math.sqrt((p * (1 - p)) / permutations) + 2 / permutations;
      expect(Math.abs(permutationP(differences, { permutations }) - p)).toBeLessThan(tolerance);
    }
  });

  it("Holm's adjustment agrees", () => {
    for (const { p, adjusted } of fixture.holm) {
      holm(p).forEach((value, i) => expect(value).toBeCloseTo(adjusted[i] ?? 0, 13));
    }
  });

  it("the noise threshold agrees", () => {
    expect(noiseThreshold(fixture.noise.changes)).toBeCloseTo(fixture.noise.threshold, 13);
  });

  it("the interval over seeds and questions agrees with its mean squares", () => {
    for (const { table, low, high } of fixture.twoWay) {
      const zero = Int32Array.from(table[0] ?? [], () => 0);
      const a = { name: "a", dataset: "d", runs: table.map((tenths, seed) => ({ seed, tenths })) };
      const b = { name: "b", dataset: "d", runs: table.map((_, seed) => ({ seed, tenths: zero })) };
      const { interval } = pairedDifference(a, b).found;
      expect(interval.low).toBeCloseTo(low, 10);
      expect(interval.high).toBeCloseTo(high, 10);
    }
  });
});
