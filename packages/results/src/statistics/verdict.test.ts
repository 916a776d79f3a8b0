import { describe, expect, it } from "vitest";
import { sampleHash, sampleTicket } from "../sample-result.ts";
import { compareCurves } from "./curves.ts";
import { pairedDifference } from "./difference.ts";
import { pruningLimit } from "./prunable.ts";
import { rankTies } from "./rank.ts";
import { contenderOf, onQuestions, runAccuracy } from "./runs.ts";
import { simulate } from "./simulated.ts";
import { verdict } from "./verdict.ts";

const dense = simulate({ name: "dense", loss: 0.04 });
const same = simulate({ name: "same", loss: 0.04 });
const worse = simulate({ name: "worse", loss: 0.2 });

describe("the verdict", () => {
  it("finds a real difference, and says the same with the sides turned", () => {
    const found = verdict(dense, worse);
    expect(found).toMatchObject({ outcome: "better", n: 3, questions: 1600 });
    expect(verdict(worse, dense)).toMatchObject({ outcome: "worse", p: found.p, difference: -found.difference });
  });

  it("puts its numbers into one sentence", () => {
    expect(verdict(dense, worse).sentence).toMatch(
      /^dense is better than worse by \d+\.\d points \(difference \d+\.\d, 95\u00a0% interval \d+\.\d to \d+\.\d, paired p\u00a0<\u00a0\.001, n\u00a0=\u00a03\)\.$/,
    );
  });

  it("is tied with itself, and tied only inside the margin", () => {
    expect(verdict(dense, { ...dense, name: "copy" })).toMatchObject({ outcome: "tied", p: 1, difference: 0 });
    expect(verdict(dense, same, { margin: 0.02 }).outcome).toBe("tied");
    expect(verdict(dense, same, { margin: 0.0001 }).outcome).toBe("undecided");
  });

  it("decides nothing from fewer than three seeds", () => {
    const two = { ...worse, runs: worse.runs.slice(0, 2) };
    expect(verdict(dense, two)).toMatchObject({ outcome: "undecided", n: 2 });
    expect(verdict(dense, two).sentence).toContain("undecided below 3 seeds");
  });

  it("does not take the luck of seeds for a difference", () => {
    const lucky = simulate({ name: "lucky", loss: 0.15, seedSpread: 0.15 });
    const other = simulate({ name: "other", loss: 0.15, seedSpread: 0.15 });
    expect(verdict(lucky, other).outcome).toBe("undecided");
  });

  it("refuses other data, other seeds and a level that is none", () => {
    expect(() => verdict(dense, { ...worse, dataset: "x" })).toThrow(/different datasets/);
    expect(() => verdict(dense, { ...worse, runs: [] })).toThrow(/no seed in common/);
    expect(() => verdict(dense, worse, { alpha: 0 })).toThrow(/alpha 0/);
  });
});

describe("the interval of a paired difference", () => {
  it("holds the truth in about 95 of 100 worlds, with seeds that vary and seeds that do not", () => {
    for (const seedSpread of [0, 0.08]) {
      let held = 0;
      const worlds = 400;
      for (let world = 0; world < worlds; world++) {
        const truth = { seeds: 3, questions: 300, loss: 0.1, seedSpread, world };
        const [a, b] = [simulate({ ...truth, name: "a" }), simulate({ ...truth, name: "b" })];
        const { interval } = pairedDifference(a, b).found;
        if (interval.low <= 0 && interval.high >= 0) held++;
      }
      expect(held / worlds).toBeGreaterThan(0.91);
      expect(held / worlds).toBeLessThan(0.995);
    }
  });
});

describe("ranking", () => {
  it("gives equal ranks to what cannot be told apart", () => {
    const ranked = rankTies([worse, same, dense]);
    expect(ranked.map(({ name, rank }) => [name, rank]).sort()).toEqual([
      ["dense", 1],
      ["same", 1],
      ["worse", 3],
    ]);
    expect(ranked.at(-1)).toMatchObject({ name: "worse", betterThan: [] });
    expect(ranked.at(-1)?.worseThan).toHaveLength(2);
  });

  it("ranks nobody below three seeds", () => {
    const one = { ...dense, name: "one seed", runs: dense.runs.slice(0, 1) };
    expect(rankTies([one, worse]).find(({ name }) => name === "one seed")?.rank).toBeNull();
  });

  it("takes a difference for real alone that it takes for luck among many comparisons", () => {
    const pair = [simulate({ name: "dense", loss: 0.04, seeds: 5 }), simulate({ name: "close", loss: 0.05, seeds: 5 })];
    const crowd = Array.from({ length: 12 }, (_, i) => simulate({ name: `m${i}`, loss: 0.05, seeds: 5 }));
    const lossesOfClose = (contenders: typeof crowd): readonly string[] | undefined =>
      rankTies(contenders, { alpha: 0.2 }).find(({ name }) => name === "close")?.worseThan;
    expect(lossesOfClose(pair)).toEqual(["dense"]);
    expect(lossesOfClose([...pair, ...crowd])).not.toContain("dense");
  });

  it("refuses two contenders of one name", () => {
    expect(() => rankTies([dense, dense])).toThrow(/one name/);
  });
});

describe("two curves", () => {
  const levels = [0.5, 0.6, 0.8, 0.9].map((sparsity, i) => ({
    sparsity,
    a: simulate({ name: `a${i}`, loss: 0.04 }),
    b: simulate({ name: `b${i}`, loss: [0.04, 0.04, 0.2, 0.3][i] ?? 0 }),
  }));

  it("are told apart where they differ and called tied where they do not, in one sentence", () => {
    const found = compareCurves("A", "B", levels.toReversed(), { margin: 0.03 });
    expect(found.points.map(({ sparsity, outcome }) => [sparsity, outcome])).toEqual([
      [0.5, "tied"],
      [0.6, "tied"],
      [0.8, "better"],
      [0.9, "better"],
    ]);
    expect(found.sentence).toMatch(
      /^A against B: tied at 50–60\u00a0%, better at 80–90\u00a0% \(\+\d+\.\d to \+\d+\.\d points\) \(n\u00a0=\u00a03\)\.$/,
    );
    const single = compareCurves(
      "B",
      "A",
      levels.slice(2, 3).map(({ sparsity, a, b }) => ({ sparsity, a: b, b: a })),
    );
    expect(single.sentence).toMatch(/^B against A: worse at 80\u00a0% \(−\d+\.\d points\) \(n\u00a0=\u00a03\)\.$/);
  });

  it("have p values that know how many sparsities were looked at", () => {
    const close = levels.map((level, i) => ({ ...level, b: simulate({ name: `c${i}`, loss: 0.05 }) }));
    const together = compareCurves("A", "C", close).points;
    close.forEach(({ a, b }, i) => expect(together[i]?.p).toBeGreaterThanOrEqual(verdict(a, b).p));
    expect(together.some(({ p }, i) => p > verdict(close[i]?.a ?? dense, close[i]?.b ?? dense).p)).toBe(true);
  });
});

describe("how much can be pruned", () => {
  const curve = [0.05, 0.045, 0.042, 0.3, 0.9].map((loss, i) => ({
    sparsity: [0.1, 0.3, 0.5, 0.7, 0.9][i] ?? 0,
    contender: simulate({ name: `level ${i}`, loss }),
  }));

  it("is the last level before the curve leaves the margin, in whatever order the points come", () => {
    const found = pruningLimit("Magnitude", curve.toReversed(), dense, 0.03);
    expect(found).toMatchObject({ within: 0.5, byMean: 0.5, losesFrom: 0.7 });
    expect(found.sentence).toBe(
      "Magnitude stays within 3 points of dense up to 50\u00a0%; it loses more at 70\u00a0% (n\u00a0=\u00a03).",
    );
  });

  it("claims nothing beyond a break in the curve, nor from one seed", () => {
    const broken = [{ sparsity: 0.05, contender: worse }, ...curve];
    expect(pruningLimit("Broken", broken, dense, 0.03)).toMatchObject({ within: null, byMean: null, losesFrom: 0.05 });
    const single = curve.map((point) => ({
      ...point,
      contender: { ...point.contender, runs: point.contender.runs.slice(0, 1) },
    }));
    const found = pruningLimit("Single", single, dense, 0.03);
    expect(found).toMatchObject({ within: null, byMean: 0.5, losesFrom: null });
    expect(found.sentence).toBe(
      "Single: no sparsity is proved to stay within 3 points of dense; by its mean, up to 50\u00a0% (n\u00a0=\u00a01).",
    );
  });
});

describe("a contender from results", () => {
  it("has one run a seed, of the phase asked for", () => {
    const results = [0, 1].map((seed) => sampleTicket({ seed }, 80));
    const found = contenderOf("Magnitude", results, "pruned");
    expect(found.runs.map(({ seed }) => seed)).toEqual([0, 1]);
    expect(contenderOf("Magnitude", results, "dense").runs).toEqual([]);
  });

  it("can be narrowed to some questions, and judged on them", () => {
    const right = Array.from(dense.runs[0]?.tenths ?? []).flatMap((tenth, question) =>
      tenth === 10 ? [question] : [],
    );
    const narrowed = onQuestions(dense, right);
    expect(narrowed.runs[0] && runAccuracy(narrowed.runs[0])).toBe(1);
    expect(verdict(narrowed, onQuestions(worse, right))).toMatchObject({ outcome: "better", questions: right.length });
  });

  it("refuses two results of one seed, or of two datasets", () => {
    const result = sampleTicket({}, 80);
    expect(() => contenderOf("M", [result, result], "pruned")).toThrow(/two results of seed 0/);
    const other = sampleTicket({ seed: 1, dataset: { ...result.dataset, hash: sampleHash(99) } }, 80);
    expect(() => contenderOf("M", [result, other], "pruned")).toThrow(/on different questions/);
  });
});
