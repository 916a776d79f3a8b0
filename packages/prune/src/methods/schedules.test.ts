import { expect, test } from "vitest";
import { Mask } from "../mask.ts";
import { prune, startSchedule } from "../prune.ts";
import { handWeights, HAND, heldByHand, keepBySearch, pruneByHand } from "../testing/hand.ts";
import gmp from "./gmp.ts";
import imp from "./imp.ts";
import movement from "./movement.ts";
import rigl from "./rigl.ts";

const eight = [[8, -7, 6, -5, 4, -3, 2, -1]];
const notAsked = () => Promise.reject(new Error("not asked for"));
const zeros = (held: string) => [...held].filter((bit) => bit === "0").length;

test("GMP by hand: along the cubic curve, always the smallest of the weights as they are now", async () => {
  const params = { begin: 0, end: 1, every: 1 };
  const held = await heldByHand(gmp, eight, { sparsity: 0.5, totalSteps: 5, params });
  // 8 weights x 0.5 x (1 - (1 - t)^3) at t = 0, 1/4, 1/2, 3/4, 1: 0, 2.3, 3.5, 3.9, 4.
  expect(held).toEqual(["11111111", "11111100", "11110000", "11110000", "11110000"]);
});

test("GMP prunes by trained magnitude, not by the start", async () => {
  const params = { begin: 1, end: 1, every: 1 };
  const reversed = eight.flat().toReversed();
  const run = { sparsity: 0.5, totalSteps: 3, params, weightsAt: () => reversed };
  expect((await heldByHand(gmp, eight, run)).at(-1)).toBe("00001111");
});

test("GMP keeps what a naive loop over steps and weights keeps", async () => {
  const [totalSteps, sparsity, begin, end, every] = [20, 0.75, 0.2, 0.8, 3];
  const weightsAt = (step: number) => eight.flat().map((w, i) => Math.fround(w + 5 * Math.cos(5 * step + i)));
  const params = { begin, end, every };
  const held = await heldByHand(gmp, eight, { sparsity, totalSteps, params, weightsAt });
  let kept = "11111111";
  for (let step = 0; step < totalSteps; step++) {
    // From step 3 (0.2 of 19) to step 15 (0.8 of 19), every third step and the last.
    if (step >= 3 && step <= 15 && ((step - 3) % every === 0 || step === 15)) {
      const gone = Math.round(8 * sparsity * (1 - (1 - (step - 3) / 12) ** 3));
      const now = [...weightsAt(step)].map((w, i) => (kept[i] === "1" ? Math.abs(w) : 0));
      kept = keepBySearch(now, 8 - gone);
    }
    expect(held[step]).toBe(kept);
  }
});

test("movement by hand: keeps what moves away from zero, whatever its size, and sums over steps", async () => {
  // -w g: weight 0 shrinks (-8), weight 7 grows (+1) at every step; weight 3 changes its mind (5 - 10).
  const gradientsAt = (step: number) => [1, 0, 0, step === 0 ? 1 : -2, 0, 0, 0, 1];
  const params = { begin: 1, end: 1, every: 1 };
  const held = await heldByHand(movement, eight, { sparsity: 0.875, totalSteps: 2, params, gradientsAt });
  // Sums: -16, 0, 0, 5 - 10, 0, 0, 0, 2.
  expect(held).toEqual(["11111111", "00000001"]);
});

test("movement by hand: a pruned weight's score goes on learning at its old value, and it comes back as it was", async () => {
  // One weight of eight has to go from the second step on. -w g of weight 7 sums to -1, -2, 3; of weight 6 to -0.5, -1, -1.5.
  const gradientsAt = (step: number) => [0, 0, 0, 0, 0, 0, 0.25, step < 2 ? -1 : 5];
  const params = { begin: 0, end: 1, every: 1 };
  const set: number[][] = [];
  const onSet = (values: Float32Array) => void set.push([...values]);
  const held = await heldByHand(movement, eight, { sparsity: 0.125, totalSteps: 3, params, gradientsAt, onSet });
  expect(held).toEqual(["11111111", "11111110", "11111101"]);
  // Before the third step weight 7 is 0, and is set to the -1 that it was.
  expect(set.at(-1)).toEqual(eight.flat());
});

test("movement keeps what a naive loop over steps and weights keeps", async () => {
  const [totalSteps, sparsity] = [9, 0.75];
  const weightsAt = (step: number) => eight.flat().map((w, i) => w + Math.cos(5 * step + i));
  const gradientsAt = (step: number) => eight.flat().map((_, i) => Math.sin(7 * step + 3 * i));
  const params = { begin: 0, end: 1, every: 1 };
  const held = await heldByHand(movement, eight, { sparsity, totalSteps, params, weightsAt, gradientsAt });
  let all = eight.flat().map((value, i) => ({ i, value, score: 0, kept: true }));
  for (let step = 0; step < totalSteps; step++) {
    all = all.map((weight) => {
      const value = weight.kept ? Math.fround(weightsAt(step)[weight.i] ?? NaN) : weight.value;
      const score = Math.fround(weight.score - value * Math.fround(gradientsAt(step)[weight.i] ?? NaN));
      return { ...weight, value, score };
    });
    const left = 8 - Math.round(8 * sparsity * (1 - (1 - step / (totalSteps - 1)) ** 3));
    const stay = new Set(all.toSorted((a, b) => b.score - a.score || a.i - b.i).slice(0, left));
    all = all.map((weight) => ({ ...weight, kept: stay.has(weight) }));
    expect(held[step]).toBe(all.map(({ kept }) => (kept ? "1" : "0")).join(""));
  }
});

test("RigL by hand: drops the smallest kept weights, grows where the gradient is steepest, as many", async () => {
  const params = { every: 1, share: 1, end: 1 };
  // Magnitudes rise and gradients fall along the row, so the places to grow are known.
  const run = { sparsity: 0.5, totalSteps: 2, params };
  const rising = [1, 2, 3, 4, 5, 6, 7, 8];
  const falling = rising.toReversed();
  const [start = "", after = ""] = await heldByHand(rigl, eight, {
    ...run,
    weightsAt: () => rising,
    gradientsAt: () => falling,
  });
  expect(zeros(start)).toBe(4);
  // At half of the training the share is (1 / 2)(1 + cos(pi / 2)) = 1/2: two of four are exchanged.
  const kept = rising.map((_, i) => i).filter((i) => start[i] === "1");
  const pruned = rising.map((_, i) => i).filter((i) => start[i] === "0");
  const expected = new Set([...kept.slice(2), ...pruned.slice(0, 2)]);
  expect(after).toBe(rising.map((_, i) => (expected.has(i) ? "1" : "0")).join(""));
});

test("RigL holds its count at every step and stops exchanging at the end", async () => {
  const rows = Array.from({ length: 6 }, (_, i) => Array.from({ length: 5 }, (_, j) => Math.cos(3 * i + 5 * j)));
  const gradientsAt = (step: number) => rows.flat().map((_, i) => Math.sin(step + i));
  const params = { every: 2, end: 0.5 };
  const held = await heldByHand(rigl, rows, { sparsity: 0.6, totalSteps: 20, params, gradientsAt });
  for (const mask of held) expect(zeros(mask)).toBe(18);
  expect(new Set(held.slice(10)).size).toBe(1);
  expect(new Set(held).size).toBeGreaterThan(2);
});

test("RigL exchanges what naive loops over weights exchange", async () => {
  const [totalSteps, share] = [12, 0.8];
  const rows = Array.from({ length: 4 }, (_, i) => Array.from({ length: 5 }, (_, j) => 3 * i + j - 9));
  const weightsAt = (step: number) => rows.flat().map((_, i) => Math.fround(Math.sin(3 * step + 2 * i)));
  const gradientsAt = (step: number) => rows.flat().map((_, i) => Math.fround(Math.cos(step + 7 * i)));
  const params = { every: 2, share, end: 0.75 };
  const held = await heldByHand(rigl, rows, { sparsity: 0.6, totalSteps, params, weightsAt, gradientsAt });
  for (let step = 1; step < totalSteps; step++) {
    const before = [...(held[step - 1] ?? "")];
    if (step % 2 !== 0 || step >= 9) {
      expect(held[step]).toBe(before.join(""));
      continue;
    }
    // Eight of twenty are kept: a share of eight is exchanged.
    let left = Math.floor((share / 2) * (1 + Math.cos((Math.PI * step) / 9)) * 8);
    const dropped = new Set<number>();
    for (; left > 0; left--) {
      let smallest = -1;
      for (const [i, w] of weightsAt(step).entries())
        if (
          before[i] === "1" &&
          !dropped.has(i) &&
          (smallest < 0 || Math.abs(w) < Math.abs(weightsAt(step)[smallest] ?? 0))
        )
          smallest = i;
      dropped.add(smallest);
    }
    const after = before.map((bit, i) => (dropped.has(i) ? "0" : bit));
    for (let grown = 0; grown < dropped.size; grown++) {
      let steepest = -1;
      for (const [i, g] of gradientsAt(step).entries())
        if (
          before[i] === "0" &&
          after[i] === "0" &&
          (steepest < 0 || Math.abs(g) > Math.abs(gradientsAt(step)[steepest] ?? 0))
        )
          steepest = i;
      after[steepest] = "1";
    }
    expect(held[step]).toBe(after.join(""));
  }
});

test("IMP keeps what naive rounds keep, each after a training from the start", async () => {
  const trained = (mask: string) =>
    eight.flat().map((w, i) => (mask[i] === "1" ? Math.fround(Math.sin(w + mask.length * i)) : 0));
  const training = {
    train: (mask: Mask) => Promise.resolve(handWeights([trained(mask.toBytes(HAND).join(""))])),
    follow: notAsked,
  };
  const { kept } = await pruneByHand(eight, { method: imp, sparsity: 0.75, params: { rounds: 3 }, training });
  let [mask, weights] = ["11111111", eight.flat()];
  // 8 x (1/4)^(1/3) = 5.04, 8 x (1/4)^(2/3) = 3.17, 2.
  for (const left of [5, 3, 2]) {
    mask = keepBySearch(
      weights.map((w, i) => (mask[i] === "1" ? Math.abs(w) : -1)),
      left,
    );
    weights = trained(mask);
  }
  expect(kept).toBe(mask);
});

test("IMP by hand: prunes, trains the ticket from the rewind point, prunes what that training left smallest", async () => {
  const masks: string[] = [];
  const training = {
    train: (mask: Mask) => {
      masks.push(mask.toBytes(HAND).join(""));
      // Training turns the order round: the smallest become the largest.
      return Promise.resolve(mask.apply(handWeights([eight.flat().toReversed()])));
    },
    follow: notAsked,
  };
  const { kept } = await pruneByHand(eight, { method: imp, sparsity: 0.75, params: { rounds: 2 }, training });
  // 8 weights, 2 in the end: 4 after the first round.
  expect(masks).toEqual(["11110000"]);
  expect(kept).toBe("00110000");
});

test("IMP in one round is magnitude and trains nothing", async () => {
  const training = { train: notAsked, follow: notAsked };
  const { kept } = await pruneByHand(eight, { method: imp, sparsity: 0.5, params: { rounds: 1 }, training });
  expect(kept).toBe("11110000");
});

test("a schedule that misses its target at the last step is refused, and so is one without training", async () => {
  const late = { ...gmp, schedule: () => ({ maskAt: () => Promise.resolve(null) }) };
  await expect(heldByHand(late, eight, { sparsity: 0.5, totalSteps: 2 })).rejects.toThrow(/asked 0.5, mask has 0.0000/);
  const settings = { weights: handWeights(eight), scope: "encoder-matrices", sparsity: 0.5, seed: 1 } as const;
  await expect(prune({ ...settings, method: gmp })).rejects.toThrow(/needs training: give it training/);
  expect(() => startSchedule({ ...settings, method: imp, totalSteps: 3 })).toThrow(/is no schedule/);
});
