import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sampleTicket } from "./sample-result.ts";
import type { DoneResult } from "./schema/result.ts";
import { packScores } from "./scores.ts";
import { hasGranularity, verifyResult } from "./verify.ts";

function broken(change: (result: DoneResult) => void): string[] {
  const result = structuredClone(sampleTicket({}, 80));
  change(result);
  return verifyResult(result).map(({ field }) => field);
}

describe("verifying a result", () => {
  it("finds nothing wrong with a sound one", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 19 }), fc.nat(5), (twentieths, seed) => {
        expect(verifyResult(sampleTicket({ target: twentieths / 20, seed }, 80))).toEqual([]);
      }),
    );
  });

  it("recomputes accuracy from the scores", () => {
    expect(broken((r) => r.phases.pruned && (r.phases.pruned.accuracy += 1 / 800))).toContain("phases.pruned.accuracy");
  });

  it("finds scores of another set of questions", () => {
    const fields = broken((r) => r.phases.pruned && (r.phases.pruned.scores = packScores([1, 0, 0.3])));
    expect(fields).toContain("phases.pruned.scores");
  });

  it("finds answer types that do not add up, or that no scores can give", () => {
    expect(broken((r) => delete r.phases.rewound?.byAnswerType.number)).toEqual(["phases.rewound.byAnswerType"]);
    const nudged = broken((r) => {
      const other = r.phases.rewound?.byAnswerType.other;
      if (other) other.accuracy = 0.123456;
    });
    expect(nudged).toEqual(["phases.rewound.byAnswerType.other", "phases.rewound.byAnswerType"]);
  });

  it("finds a label that is not the measurement, 20 % that is 27.1 %", () => {
    expect(broken((r) => (r.target = 0.2))).toEqual(["measured.prunable"]);
    expect(broken((r) => (r.measured.prunable = 0.2))).toEqual(["measured.prunable", "measured.prunable"]);
    expect(broken((r) => (r.measured.total = 0.9))).toEqual(["measured.total"]);
  });

  it("finds weights that came back in training", () => {
    expect(broken((r) => r.zeroMask && (r.zeroMask.zerosOnCheckpoint -= 1))).toEqual(["zeroMask.zerosOnCheckpoint"]);
    expect(broken((r) => (r.zeroMask = null))).toEqual(["zeroMask"]);
  });

  it("finds an epoch picked on the reported split", () => {
    expect(broken((r) => (r.dataset.selectionSplit = "minival"))).toEqual(["dataset.selectionSplit"]);
  });

  it("lets a study repeated with its faults show them, but not lie about accuracy", () => {
    const asCoded = (change: (result: DoneResult) => void): string[] =>
      broken((r) => {
        r.division = "as-coded";
        change(r);
      });
    expect(asCoded((r) => (r.target = 0.2))).toEqual([]);
    expect(asCoded((r) => r.zeroMask && (r.zeroMask.zerosOnCheckpoint = 0))).toEqual([]);
    expect(asCoded((r) => r.phases.pruned && (r.phases.pruned.accuracy = 0.7))).toContain("phases.pruned.accuracy");
  });

  it("finds a kind that its fields contradict", () => {
    expect(broken((r) => (r.kind = "dense"))).toEqual(["method", "denseId", "target", "phases.dense", "maskHash"]);
    expect(broken((r) => (r.phases = {}))).toEqual(["phases"]);
  });
});

describe("the granularity check", () => {
  it("fits the scores of the original's dense run to its 25,994 questions and to no neighbouring number", () => {
    const dense = 0.7027044702623417;
    expect(hasGranularity(dense, 25_994)).toBe(true);
    for (const questions of [25_992, 25_993, 25_995, 25_996]) expect(hasGranularity(dense, questions)).toBe(false);
  });

  it("accepts every mean of tenths, and a printed number within its rounding", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, share) => {
        const accuracy = Math.round(share * n * 10) / (n * 10);
        expect(hasGranularity(accuracy, n)).toBe(true);
        expect(hasGranularity(Math.round(accuracy * 1e4) / 1e4, n, 0.5e-4)).toBe(true);
      }),
    );
  });
});
