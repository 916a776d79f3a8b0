import { openCpuEngine, tf } from "@ticketbench/backend";
import { Lxmert } from "@ticketbench/model";
import { beforeAll, expect, test } from "vitest";
import { calibrationOf } from "./calibration.ts";
import { lxmertShapes, randomWeights, TINY, tinyBatch } from "./conformance/tiny-model.ts";

const weights = randomWeights(lxmertShapes(TINY), 11);
beforeAll(() => openCpuEngine());

test("gradients are those of the mean loss: one batch of both halves, or each half by its questions", async () => {
  const model = new Lxmert(TINY, randomWeights(lxmertShapes(TINY), 12));
  const batches = [tinyBatch(3, 1), tinyBatch(1, 2)];
  const calibration = calibrationOf(model, batches);
  const [first, second] = [await calibration.gradients(weights, 0), await calibration.gradients(weights, 1)];
  const mean = await calibration.gradients(weights);
  for (const [name, values] of mean)
    values.forEach((value, i) => {
      expect(value).toBeCloseTo(0.75 * (first.get(name)?.[i] ?? NaN) + 0.25 * (second.get(name)?.[i] ?? NaN), 5);
    });
});

test("a gradient predicts how the loss changes", async () => {
  const model = new Lxmert(TINY, weights);
  const batch = tinyBatch(4, 3);
  const gradients = await calibrationOf(model, [batch]).gradients(weights);
  const name = "lxrt_encoder.model.bert.encoder.layer.0.intermediate.dense.weight";
  const lossAt = (shift: number) => {
    const values = (weights.get(name)?.values ?? new Float32Array()).map((w, i) => (i === 7 ? w + shift : w));
    model.load(new Map([...weights, [name, { shape: [18, 10], values }]]));
    return tf.tidy(() => {
      const { logits } = model.forward(batch, null);
      const [x, y] = [logits.arraySync(), batch.targets.arraySync()];
      const terms = x.flatMap((row, b) => row.map((z, a) => Math.log1p(Math.exp(z)) - z * (y[b]?.[a] ?? 0)));
      return terms.reduce((sum, term) => sum + term, 0) / x.length;
    });
  };
  expect((lossAt(0.05) - lossAt(-0.05)) / 0.1).toBeCloseTo(gradients.get(name)?.[7] ?? NaN, 3);
});

test("every live linear layer shows its input, the engine's kernel comes back, nothing leaks", async () => {
  const model = new Lxmert(TINY, weights);
  const batch = tinyBatch(2, 4);
  const before = tf.memory().numTensors;
  const kernel = tf.getKernel("Linear", "cpu");
  const seen = new Map<string, number>();
  const features: number[] = [];
  await calibrationOf(model, [batch]).visitInputs(weights, (name, rows, columns) => {
    seen.set(name, (seen.get(name) ?? 0) + rows.length / columns);
    if (name.endsWith("visn_fc.visn_fc.weight")) features.push(...rows);
  });
  expect(features).toEqual([...(batch.features?.dataSync() ?? [])]);
  const linears = [...lxmertShapes(TINY)].filter(([name, s]) => s.length === 2 && !name.includes(".embeddings."));
  const live = linears.map(([name]) => name).filter((name) => !/x_layers\.1\.visn_/.test(name));
  expect([...seen.keys()].sort()).toEqual(live.sort());
  expect(seen.get("logit_fc.3.weight")).toBe(2);
  expect(tf.getKernel("Linear", "cpu")).toEqual(kernel);
  expect(tf.memory().numTensors).toBe(before);
});

test("the model's own weights are as before, after an error too", async () => {
  const own = randomWeights(lxmertShapes(TINY), 12);
  const model = new Lxmert(TINY, own);
  const calibration = calibrationOf(model, [tinyBatch(1, 1)]);
  const fail = calibration.visitInputs(weights, () => {
    throw new Error("in the visitor");
  });
  await expect(fail).rejects.toThrow("in the visitor");
  expect(await model.snapshot()).toEqual(own);
});

test("calibration without a batch is refused", () => {
  expect(() => calibrationOf(new Lxmert(TINY, weights), [])).toThrow(/at least one batch/);
});
