import { beforeAll, describe, expect, test } from "vitest";
import { type AdamSettings, adamStep, globalNorm, randomStream, readGlobalNorm, tf } from "../index.ts";
import { openEngine } from "../node.ts";
import { testableEngines } from "../testing/engines.ts";

const SETTINGS: AdamSettings = {
  learningRate: 0.01,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-6,
  weightDecay: 0.01,
  correction1: 1,
  correction2: 1,
  gradientScale: 0.5,
};

/** The same step on doubles. */
function expectedStep(w: number, g0: number, m0: number, v0: number, s: AdamSettings): [number, number, number] {
  const g = g0 * s.gradientScale;
  const m = s.beta1 * m0 + (1 - s.beta1) * g;
  const v = s.beta2 * v0 + (1 - s.beta2) * g * g;
  const update = m / s.correction1 / (Math.sqrt(v / s.correction2) + s.epsilon) + s.weightDecay * w;
  return [w - s.learningRate * update, m, v];
}

describe.each(testableEngines())("the optimiser pass on %s", (engine) => {
  beforeAll(() => openEngine(engine));

  test.each([1, 3, 5, 17, 64])(
    "agrees with doubles over three steps of %i weights, with bias correction or without",
    async (count) => {
      const random = randomStream(count, "optimiser");
      const start = Float32Array.from({ length: count }, () => random.normal());
      const slot = slotOf(start, null);
      let expected = Array.from(start, (w): [number, number, number] => [w, 0, 0]);
      for (let step = 1; step <= 3; step++) {
        const settings = step === 3 ? { ...SETTINGS, correction1: 0.271, correction2: 0.003 } : SETTINGS;
        const gradient = Float32Array.from({ length: count }, () => random.normal());
        tf.tidy(() => adamStep(slot, tf.tensor(gradient), settings));
        expected = expected.map(([w, m, v], i) => expectedStep(w, gradient[i]!, m, v, settings));
      }
      const got = await Promise.all([slot.parameter, slot.firstMoment, slot.secondMoment].map((kept) => kept.data()));
      expected.forEach((triple, i) => triple.forEach((value, j) => expect(got[j]![i]).toBeCloseTo(value, 5)));
      disposeSlot(slot);
    },
  );

  test("holds pruned weights and their moments at exactly zero, decay and momentum included", async () => {
    const mask = Uint8Array.from({ length: 37 }, (_, i) => (i % 3 === 0 ? 0 : 1));
    const slot = slotOf(new Float32Array(37).fill(0.5), mask);
    slot.firstMoment.assign(tf.fill([37], 0.3));
    slot.secondMoment.assign(tf.fill([37], 0.2));
    for (let step = 0; step < 3; step++) tf.tidy(() => adamStep(slot, tf.ones([37]), SETTINGS));
    for (const tensor of [slot.parameter, slot.firstMoment, slot.secondMoment]) {
      (await tensor.data()).forEach((value, i) => (mask[i] === 0 ? expect(value).toBe(0) : expect(value).not.toBe(0)));
    }
    disposeSlot(slot);
  });

  test("leaves no tensors behind, inside a tidy or outside", () => {
    const slot = slotOf(new Float32Array(9).fill(0.5), Uint8Array.from([1, 0, 1, 1, 0, 1, 1, 1, 0]));
    const gradient = tf.ones([9]);
    const before = tf.memory().numTensors;
    adamStep(slot, gradient, SETTINGS);
    tf.tidy(() => adamStep(slot, gradient, SETTINGS));
    expect(tf.memory().numTensors).toBe(before);
    disposeSlot(slot);
    gradient.dispose();
  });

  test("the norm runs over all elements of all tensors, more of them than a shader reads at once", async () => {
    const tensors = [tf.tensor1d([3, 0, 0]), tf.tensor2d([[0, 4]]), ...Array.from({ length: 24 }, () => tf.ones([6]))];
    const norms = [await readGlobalNorm(tensors), await readGlobalNorm([])];
    // Dawn cannot wait for a GPU without giving way to other work.
    if (engine !== "webgpu") norms.push(globalNorm(tensors), globalNorm([]));
    norms.forEach((norm, i) => expect(norm).toBeCloseTo(i % 2 === 0 ? 13 : 0, 5));
    tf.dispose(tensors);
  });
});

function slotOf(weights: Float32Array, mask: Uint8Array | null) {
  return {
    parameter: tf.variable(tf.tensor1d(weights)),
    firstMoment: tf.variable(tf.zeros([weights.length])),
    secondMoment: tf.variable(tf.zeros([weights.length])),
    mask: mask === null ? null : tf.tensor1d(mask, "bool"),
  };
}

function disposeSlot(slot: ReturnType<typeof slotOf>): void {
  tf.dispose([slot.parameter, slot.firstMoment, slot.secondMoment]);
  slot.mask?.dispose();
}
