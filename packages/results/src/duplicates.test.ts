import { describe, expect, it } from "vitest";
import { findDuplicates } from "./duplicates.ts";
import { sampleHash, samplePhase, sampleTicket } from "./sample-result.ts";
import type { DoneResult } from "./schema/result.ts";
import { packPredictions, packScores } from "./scores.ts";

function ticket(seed: number, phase: number, overrides: Partial<DoneResult> = {}): DoneResult {
  return sampleTicket({ seed, phases: { retrained: samplePhase(80, phase) }, ...overrides }, 80);
}

describe("the duplicate guard", () => {
  it("passes cells that differ on a question", () => {
    expect(findDuplicates([ticket(0, 1), ticket(1, 2), ticket(2, 3)])).toEqual([]);
  });

  it("catches one run published as three seeds", () => {
    const found = findDuplicates([ticket(0, 1), ticket(1, 1), ticket(2, 1)]);
    expect(found.map(({ severity, phase }) => [severity, phase])).toEqual([
      ["error", "retrained"],
      ["error", "retrained"],
    ]);
    expect(found[0]?.message).toContain(ticket(1, 1).id);
  });

  it("allows equal masks to give equal scores", () => {
    const maskHash = sampleHash(5);
    expect(findDuplicates([ticket(0, 1, { maskHash }), ticket(0, 1, { maskHash, id: sampleHash(77) })])).toEqual([]);
  });

  it("allows the tickets of one dense cell to repeat its score, and no others", () => {
    const dense = { phases: { dense: samplePhase(80, 9) } };
    const other = { ...dense, target: 0.8, denseId: sampleHash(100) };
    expect(findDuplicates([ticket(0, 0, dense), ticket(0, 0, other)])).toEqual([]);
    expect(findDuplicates([ticket(0, 0, dense), ticket(1, 0, dense)])).toHaveLength(1);
  });

  it("only notes two models that both collapsed to one answer", () => {
    const phase = { ...samplePhase(80, 1), predictions: packPredictions(new Uint16Array(80)) };
    const collapsed = { phases: { rewound: phase } };
    const found = findDuplicates([ticket(0, 0, collapsed), ticket(0, 0, { ...collapsed, target: 0.9 })]);
    expect(found.map(({ severity }) => severity)).toEqual(["notice"]);
  });

  it("takes one odd answer in eighty for a collapse too, but not two, and one collapsed network is enough", () => {
    const collapsed = (odd: number): DoneResult["phases"] => {
      const predictions = packPredictions(Uint16Array.from({ length: 80 }, (_, i) => (i < odd ? 4 : 3)));
      return { rewound: { ...samplePhase(80, 1), predictions } };
    };
    const severity = (a: DoneResult["phases"], b: DoneResult["phases"]) =>
      findDuplicates([ticket(0, 0, { phases: a }), ticket(0, 0, { phases: b, target: 0.9 })])[0]?.severity;
    expect(severity(collapsed(1), collapsed(1))).toBe("notice");
    expect(severity(collapsed(1), collapsed(40))).toBe("notice");
    expect(severity(collapsed(2), collapsed(2))).toBe("error");
  });

  it("only notes two networks that are right alike and wrong in other words: neither is a copy", () => {
    const answering = (wrong: (i: number) => number): DoneResult["phases"] => {
      const predictions = packPredictions(Uint16Array.from({ length: 80 }, (_, i) => (i < 40 ? 3 : wrong(i))));
      return { rewound: { ...samplePhase(80, 1), predictions } };
    };
    const severity = (a: DoneResult["phases"], b: DoneResult["phases"]) =>
      findDuplicates([ticket(0, 0, { phases: a }), ticket(1, 0, { phases: b })])[0]?.severity;
    const even = answering((i) => 4 + (i % 2));
    expect(
      severity(
        even,
        answering((i) => 5 - (i % 2)),
      ),
    ).toBe("notice");
    expect(severity(even, even)).toBe("error");
    const { accuracy, byAnswerType, scores } = samplePhase(80, 1);
    expect(severity(even, { rewound: { accuracy, byAnswerType, scores } })).toBe("error");
  });

  it("only notes two networks that are wrong on nearly every question", () => {
    const phase = {
      ...samplePhase(80, 1),
      scores: packScores(Float32Array.from({ length: 80 }, (_, i) => (i === 7 ? 1 : 0))),
    };
    const wrong = { phases: { rewound: phase } };
    const found = findDuplicates([ticket(0, 0, wrong), ticket(0, 0, { ...wrong, target: 0.9 })]);
    expect(found.map(({ severity }) => severity)).toEqual(["notice"]);
  });

  it("only notes two masks that left every answer of their dense model as it was", () => {
    const phase = samplePhase(80, 1);
    const denseId = sampleHash(100);
    const dense = ticket(0, 0, { id: denseId, kind: "dense", denseId: null, phases: { dense: phase } });
    const untouched = { phases: { pruned: phase }, denseId };
    const cells = [ticket(0, 0, { ...untouched, target: 0.05 }), ticket(0, 0, { ...untouched, target: 0.1 })];
    expect(findDuplicates([...cells, dense]).map(({ severity }) => severity)).toEqual(["notice"]);
    expect(findDuplicates(cells).map(({ severity }) => severity)).toEqual(["error"]);
  });
});
