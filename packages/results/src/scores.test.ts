import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { packScores, recomputeAccuracy, unpackScores } from "./scores.ts";

describe("packed scores", () => {
  it("keep every tenth, from float32 or float64", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 10 })), (tenths) => {
        const scores = Float32Array.from(tenths, (tenth) => tenth / 10);
        expect(unpackScores(packScores(scores))).toEqual(scores);
        expect(packScores(tenths.map((tenth) => tenth / 10))).toEqual(packScores(scores));
      }),
    );
  });

  it("refuse what is no tenth, and name the question", () => {
    expect(() => packScores([0, 0.3, 1 / 3])).toThrow(/question 2/);
    expect(() => packScores([1.1])).toThrow(/1.1 of question 0/);
    expect(() => packScores([Number.NaN])).toThrow(/question 0/);
  });
});

describe("the recomputed accuracy", () => {
  it("is the mean of the scores", () => {
    expect(recomputeAccuracy(packScores([1, 0.3, 0, 0.9]))).toBeCloseTo(0.55, 15);
  });

  it("of no questions is an error", () => {
    expect(() => recomputeAccuracy(packScores([]))).toThrow(/no questions/);
  });
});
