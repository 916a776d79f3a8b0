import { describe, expect, it } from "vitest";
import { diffResults, sameMeasurement } from "./diff.ts";
import { sampleFailure, sampleHash, sampleTicket } from "./sample-result.ts";
import type { Phase } from "./schema/result.ts";
import { packScores, recomputeAccuracy, unpackScores } from "./scores.ts";

const result = sampleTicket({}, 80);

/** The phase with the scores of these questions turned into their opposite end. */
function changed(phase: Phase | undefined, questions: readonly number[]): Phase {
  if (!phase) throw new Error("the sample has no such phase");
  const scores = unpackScores(phase.scores);
  for (const question of questions) scores[question] = (scores[question] ?? 0) > 0.5 ? 0 : 1;
  const packed = packScores(scores);
  return { ...phase, scores: packed, accuracy: recomputeAccuracy(packed) };
}

describe("the difference of two results", () => {
  it("is empty for a result and itself", () => {
    expect(diffResults(result, structuredClone(result))).toEqual({ phases: [], fields: [] });
  });

  it("counts the questions that changed, and does not list packed data", () => {
    const phases = { ...result.phases, retrained: changed(result.phases.retrained, [3, 50]) };
    const { phases: found, fields } = diffResults(result, { ...result, phases });
    expect(found).toEqual([
      {
        phase: "retrained",
        accuracyA: result.phases.retrained?.accuracy,
        accuracyB: phases.retrained.accuracy,
        changedQuestions: 2,
      },
    ]);
    expect(fields.map(({ field }) => field)).toEqual(["phases.retrained.accuracy"]);
  });

  it("names nested fields, and what only one side has", () => {
    const { method, provenance } = result;
    const other = {
      ...result,
      provenance: { ...provenance, dirty: true },
      method: method && { ...method, params: { scope: "global", extra: [1] } },
    };
    expect(diffResults(result, other).fields).toEqual([
      { field: "method.params.scope", a: "layer", b: "global" },
      { field: "method.params.extra", a: undefined, b: [1] },
      { field: "provenance.dirty", a: false, b: true },
    ]);
  });

  it("says where a phase is missing, and compares no questions of different data", () => {
    const { rewound, retrained } = result.phases;
    const phases = { rewound, retrained };
    expect(diffResults(result, { ...result, phases }).phases).toMatchObject([{ phase: "pruned", accuracyB: null }]);
    const dataset = { ...result.dataset, hash: sampleHash(55) };
    const elsewhere = { ...result, dataset, phases: { ...phases, rewound: changed(phases.rewound, [1]) } };
    expect(diffResults(result, elsewhere).phases[1]).toMatchObject({ phase: "rewound", changedQuestions: null });
  });
});

describe("the same measurement", () => {
  it("may have cost more, on another day, but has every score, answer and mask bit", () => {
    const later = { ...result, createdAt: "2027-01-01T00:00:00Z", cost: { ...result.cost, peakMemoryBytes: 1 } };
    expect(sameMeasurement(result, later)).toBe(true);
    const latency = { denseMilliseconds: 5, sparseMilliseconds: 4, batchSize: 32, repeats: 9 };
    expect(sameMeasurement(result, { ...later, latency })).toBe(true);
    expect(sameMeasurement(result, { ...later, maskHash: sampleHash(1) })).toBe(false);
    const phases = { ...result.phases, rewound: changed(result.phases.rewound, [0]) };
    expect(sameMeasurement(result, { ...result, phases })).toBe(false);
    expect(sameMeasurement(result, sampleFailure())).toBe(false);
  });
});
