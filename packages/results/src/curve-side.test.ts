import { describe, expect, it } from "vitest";
import { comparableGroups } from "./comparable.ts";
import { compareSides, DENSE, sideOf, sideOfResult } from "./curve-side.ts";
import { sampleHash, samplePhase, sampleTicket } from "./sample-result.ts";
import type { DoneResult } from "./schema/result.ts";

const questions = 200;
let serial = 0;

function ticket(overrides: Partial<DoneResult> = {}): DoneResult {
  const id = sampleHash(500 + serial++);
  return sampleTicket({ id, phases: { retrained: samplePhase(questions, serial) }, ...overrides }, questions);
}

function dense(seed: number, overrides: Partial<DoneResult> = {}): DoneResult {
  const phases = { dense: samplePhase(questions, 70 + seed) };
  return ticket({ kind: "dense", method: null, denseId: null, target: 0, seed, phases, ...overrides });
}

const random = { id: "random", title: "Random", version: sampleHash(3), params: {} };

describe("comparable groups", () => {
  it("hold each variant, sparsity and seed once: the better trusted, then the newer", () => {
    const old = ticket({ createdAt: "2026-01-01T00:00:00Z" });
    const newer = ticket({ createdAt: "2026-02-01T00:00:00Z" });
    const trusted = ticket({ createdAt: "2025-01-01T00:00:00Z", tier: "reproduced" });
    const other = ticket({ seed: 1 });
    expect(comparableGroups([old, newer, other]).map((group) => new Set(group))).toEqual([new Set([newer, other])]);
    expect(comparableGroups([old, newer, trusted])).toEqual([[trusted]]);
  });

  it("part other questions, other recipes and failed cells, the fullest first", () => {
    const { dataset, study } = ticket();
    const elsewhere = ticket({ dataset: { ...dataset, split: "test" } });
    const longer = ticket({ study: { ...study, resolved: { recipe: { epochs: 9 } }, hash: sampleHash(12) } });
    const [one, two] = [ticket({ seed: 0 }), ticket({ seed: 1 })];
    expect(comparableGroups([elsewhere, longer, one, two])).toEqual([[one, two], [elsewhere], [longer]]);
  });
});

describe("two sides", () => {
  const grid = [0.2, 0.5].flatMap((target) => [0, 1, 2].map((seed) => ticket({ target, seed })));
  const others = [0.5, 0.8].flatMap((target) => [0, 1, 2].map((seed) => ticket({ target, seed, method: random })));
  const networks = [0, 1, 2].map((seed) => dense(seed));
  const [group = []] = comparableGroups([...grid, ...others, ...networks, dense(0, { division: "as-coded" })]);

  it("are compared at the sparsities that both have, under their titles", () => {
    const [a, b] = [sideOf("magnitude", group, "retrained"), sideOf("random", group, "retrained")];
    const compared = a && b && compareSides(a, b);
    expect(compared?.curve.points.map(({ sparsity, n }) => [sparsity, n])).toEqual([[0.5, 3]]);
    expect(compared?.curve.sentence).toMatch(/^Magnitude against Random: /);
  });

  it("stand at every sparsity of the other where one is the dense networks, those of no repeated study", () => {
    const [a, b] = [sideOf(DENSE, group, "retrained"), sideOf("random", group, "retrained")];
    expect(a?.file.runs.map(({ seed }) => seed).sort()).toEqual([0, 1, 2]);
    const compared = a && b && compareSides(a, b);
    expect(compared?.curve.points.map(({ sparsity }) => sparsity)).toEqual([0.5, 0.8]);
  });

  it("of single results meet anywhere, or each at its own sparsity", () => {
    const [one, other] = [grid[0] as DoneResult, others[0] as DoneResult];
    const meet = (anywhere: boolean) => {
      const [a, b] = [one, other].map((result) =>
        sideOfResult(result, result.method?.title ?? "", "retrained", anywhere),
      );
      return a && b ? compareSides(a, b) : undefined;
    };
    expect(meet(false)).toBeNull();
    expect(meet(true)?.curve.sentence).toMatch(
      /^Magnitude at 20\s%, seed 0 against Random at 50\s%, seed 0 is undecided below 3 seeds/,
    );
  });

  it("say nothing without a common seed, without the phase, or on other questions", () => {
    const magnitude = sideOf("magnitude", group, "retrained");
    const late = sideOfResult(ticket({ seed: 9 }), "Magnitude", "retrained", false);
    const { dataset } = ticket();
    const elsewhere = sideOfResult(
      ticket({ dataset: { ...dataset, hash: sampleHash(44) } }),
      "Magnitude",
      "retrained",
      false,
    );
    const otherSplit = sideOfResult(
      ticket({ dataset: { ...dataset, split: "test" } }),
      "Magnitude",
      "retrained",
      false,
    );
    if (!magnitude || !late || !elsewhere || !otherSplit) throw new Error("a side is missing");
    expect(compareSides(magnitude, late)).toBeNull();
    expect(compareSides(magnitude, elsewhere)).toBeNull();
    expect(compareSides(magnitude, otherSplit)).toBeNull();
    expect(sideOf("magnitude", group, "pruned")).toBeNull();
    expect(sideOf("wanda", group, "retrained")).toBeNull();
  });
});
