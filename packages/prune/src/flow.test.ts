import { expect, test } from "vitest";
import { Flow } from "./flow.ts";
import { lxmertShapes, randomWeights, TINY } from "./conformance/tiny-model.ts";

const weights = randomWeights(lxmertShapes(TINY), 9);
const flow = new Flow(weights);
const total = flow.run();
const flowOf = (changed: typeof weights) => new Flow(changed).run();

test("a weight's score is what the flow loses without it", () => {
  for (const [name, scores] of flow.scores) {
    for (const i of [0, Math.floor(scores.length / 2), scores.length - 1]) {
      const { shape, values } = weights.get(name) as { shape: readonly number[]; values: Float32Array };
      const without = new Map([...weights, [name, { shape, values: values.map((value, k) => (k === i ? 0 : value)) }]]);
      expect((total - flowOf(without)) / total).toBeCloseTo((scores[i] ?? NaN) / total, 10);
    }
  }
});

test("the flow is conserved: all of it leaves through the last layer, and enters it through the one before", () => {
  for (const name of ["logit_fc.3.weight", "logit_fc.0.weight", "lxrt_encoder.model.bert.pooler.dense.weight"]) {
    const through = flow.scores.get(name)?.reduce((sum, score) => sum + score, 0) ?? NaN;
    expect(through / total).toBeCloseTo(1, 12);
  }
});

test("by hand: ones through the pooler and the two head layers of width 1", () => {
  const one = (value: number, shape = [1, 1]) => ({ shape, values: Float32Array.of(value) });
  const tiny = new Map([
    ["bert.embeddings.word_embeddings.weight", one(5)],
    ["bert.pooler.dense.weight", one(-2)],
    ["logit_fc.0.weight", one(3)],
    ["logit_fc.3.weight", one(-4)],
  ]);
  const hand = new Flow(tiny);
  expect(hand.run()).toBe(24);
  const live = [...tiny.keys()].slice(1);
  expect(live.map((name) => hand.scores.get(name)?.[0])).toEqual([24, 24, 24]);
});

test("dead weights carry nothing and every live encoder matrix carries something", () => {
  for (const [name, scores] of flow.scores) {
    const carried = scores.reduce((sum, score) => sum + score, 0);
    if (/x_layers\.1\.visn_/.test(name)) expect(carried).toBe(0);
    else expect(carried).toBeGreaterThan(0);
  }
});

test("does not depend on the order of the parameters or on signs", () => {
  const reordered = new Map([...weights].reverse());
  expect(flowOf(reordered)).toBe(total);
  const flipped = new Map(
    [...weights].map(([name, { shape, values }]) => [name, { shape, values: values.map((w) => -w) }]),
  );
  expect(flowOf(flipped)).toBe(total);
});
