import { sizeOf } from "@ticketbench/model";
import { expect, test } from "vitest";
import thesisHigh from "./methods/thesis-high.ts";
import thesisLow from "./methods/thesis-low.ts";
import thesisRandom from "./methods/thesis-random.ts";
import type { Method } from "./define-method.ts";
import { prune } from "./prune.ts";
import { prunableNames } from "./scope.ts";
import type { Shapes } from "./shapes.ts";
import { FULL, lxmertShapes, randomWeights, TINY } from "./conformance/tiny-model.ts";
import { ThesisRounds } from "./thesis-rounds.ts";

const full = lxmertShapes(FULL);
const prunable = prunableNames(full, "thesis");
const sizes = prunable.map((name) => sizeOf(full.get(name) as number[]));

/** A weight for each parameter size of the full model, no two magnitudes alike, in an order without pattern. */
const distinct = new Map(
  [...new Set(sizes)].map((size) => {
    const bits = new Uint32Array(size);
    for (let i = 0; i < size; i++) bits[i] = 0x38000000 + (Math.imul(i, 0x9e3779b1) >>> 8) + ((i & 1) << 31);
    return [`logit_fc.${size}`, { shape: [size], values: new Float32Array(bits.buffer) }];
  }),
);
const rounds = new ThesisRounds({ weights: distinct, prunable: [...distinct.keys()] });

/** Removed weights of the whole scope: without ties a parameter's count depends on its size alone. */
function removedInFull(): number {
  const removed = rounds.removed;
  return sizes.reduce((total, size) => total + (removed.get(`logit_fc.${size}`) ?? 0), 0);
}

/** Nominal %, rounds, removed % of the prunable weights, removed % of the model, removed % by the "high" mask. */
const TABLE = [
  [10, 1, 10.0002, 8.89, 89.9998],
  [20, 3, 27.1006, 24.08, 72.8994],
  [30, 4, 34.3909, 30.56, 65.6091],
  [40, 5, 40.952, 36.39, 59.048],
  [50, 7, 52.1715, 46.36, 47.8285],
  [60, 9, 61.2593, 54.43, 38.7407],
  [70, 12, 71.7586, 63.76, 28.2414],
  [80, 16, 81.4716, 72.39, 18.5284],
  [90, 22, 90.1545, 80.1, 9.8455],
] as const;

test.each(TABLE)("nominal %i takes %i rounds and removes %f %% of 190,082,304 weights", (nominal, count, ...shares) => {
  const [ofPrunable, ofModel, byHigh] = shares;
  // The rows rise, so each goes on from the rounds of the one before.
  rounds.runTo(nominal / 100);
  const removed = removedInFull();
  expect(rounds.rounds).toBe(count);
  expect(((100 * removed) / 190_082_304).toFixed(4)).toBe(ofPrunable.toFixed(4));
  expect(((100 * removed) / 213_930_297).toFixed(2)).toBe(ofModel.toFixed(2));
  expect((100 - (100 * removed) / 190_082_304).toFixed(4)).toBe(byHigh.toFixed(4));
});

const weights = randomWeights(lxmertShapes(TINY), 3);
const base = { weights, scope: "thesis", seed: 5 } as const;

/** Which of these weights stay, as 0 and 1, in a model that has no others. */
async function keptOf(values: number[], method: Method, sparsity: number): Promise<string> {
  const name = "bert.encoder.layer.0.x.weight";
  const hand = new Map([[name, { shape: [values.length], values: Float32Array.from(values) }]]);
  const scope = { title: "all", embeddings: false, visualInput: false, pooler: false, head: false } as const;
  const all = { ...scope, biases: true, layerNorms: true };
  const { mask } = await prune({ ...base, weights: hand, scope: all, method, sparsity });
  return [...mask.toBytes(name)].join("");
}

test("high by hand: low keeps eight of ten, so eight go, the two smallest among them", async () => {
  const kept = await keptOf([5, 1, 9, 3, -7, 8, -2, 4, 6, 10], thesisHigh, 0.1);
  expect([kept.length, kept.replaceAll("0", "").length, kept[1], kept[6]]).toEqual([10, 2, "0", "0"]);
});

test("random by hand: where low removes all or nothing, so does the draw", async () => {
  expect(await keptOf([1, 1, 1], thesisRandom, 0.1)).toBe("000");
  expect(await keptOf([1, 2, 3], thesisRandom, 0)).toBe("111");
});

test("one round by hand: of eleven weights, the two smallest go, and a tie at the cutoff goes too", async () => {
  const run = (values: number[]) => keptOf(values, thesisLow, 0.1);
  expect(await run([5, -1, 9, 2, 7, -8, 3, 4, 6, 10, 11])).toBe("10101111111");
  expect(await run([5, -1, 9, 2, 7, -8, -2, 4, 6, 10, 11])).toBe("10101101111");
  expect(await run([1, 1, 1])).toBe("000");
});

test("a naive loop over remaining weights gives the same rounds", async () => {
  const { mask } = await prune({ ...base, method: thesisLow, sparsity: 0.5 });
  const names = prunableNames(lxmertShapes(TINY), "thesis");
  const kept = new Map(names.map((name) => [name, [...(weights.get(name)?.values ?? [])].map(Math.abs)]));
  const size = [...kept.values()].reduce((total, values) => total + values.length, 0);
  for (let left = size; size - left < 0.5 * size; ) {
    for (const [name, values] of kept) {
      if (values.length === 0) continue;
      const tenth = values.length / 10;
      const index = tenth % 1 === 0.5 ? 2 * Math.round(tenth / 2) : Math.round(tenth);
      const cutoff = [...values].sort((a, b) => a - b)[index] as number;
      kept.set(
        name,
        values.filter((value) => value > cutoff),
      );
    }
    left = [...kept.values()].reduce((total, values) => total + values.length, 0);
  }
  for (const [name, values] of kept) expect([name, mask.kept(name)]).toEqual([name, values.length]);
});

test("random removes about the low mask's share of each parameter, not its weights", async () => {
  const shapes: Shapes = new Map([["bert.encoder.layer.0.x.weight", [200, 100]]]);
  const large = { ...base, weights: randomWeights(shapes, 1) };
  const low = await prune({ ...large, method: thesisLow, sparsity: 0.5 });
  const drawn = await prune({ ...large, method: thesisRandom, sparsity: 0.5 });
  // 5 standard deviations of 20,000 draws.
  expect(Math.abs(drawn.mask.sparsity - low.mask.sparsity)).toBeLessThan(5 * Math.sqrt(0.25 / 20_000));
  const both = drawn.mask.overlap(low.mask) / drawn.mask.size();
  expect(both).toBeCloseTo((drawn.mask.kept() * low.mask.kept()) / drawn.mask.size() ** 2, 1);
});

test.each([0.1, 0.3, 0.5, 0.9])(
  "high at %f removes what low keeps in number, low-magnitude weights first",
  async (sparsity) => {
    const low = (await prune({ ...base, method: thesisLow, sparsity })).mask;
    const high = (await prune({ ...base, method: thesisHigh, sparsity })).mask;
    for (const name of low.prunable) {
      expect(high.size(name) - high.kept(name)).toBe(low.kept(name));
      const [lowBytes, highBytes] = [low.toBytes(name), high.toBytes(name)];
      const largeRemoved = lowBytes.filter((bit, i) => bit === 1 && highBytes[i] === 0).length;
      expect(largeRemoved).toBe(Math.max(0, low.kept(name) - (low.size(name) - low.kept(name))));
    }
  },
);

test("labels and retraining are the study's: high is labelled 100 - s, retraining is dense", () => {
  expect(thesisHigh.asCoded?.label(0.9)).toBeCloseTo(0.1);
  expect(thesisLow.asCoded?.label(0.9)).toBe(0.9);
  for (const method of [thesisLow, thesisRandom, thesisHigh]) expect(method.asCoded?.retraining).toBe("dense");
});
