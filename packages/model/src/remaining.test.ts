import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tf } from "@ticketbench/backend";
import { openEngine } from "@ticketbench/backend/node";
import { beforeAll, describe, expect, it } from "vitest";
import { type LxmertConfig, lxmertConfig } from "./config.ts";
import { forwardFlops } from "./flops.ts";
import { initialise } from "./initialise.ts";
import { disposeInput, type LxmertArrays, lxmertInput } from "./input.ts";
import { Lxmert } from "./lxmert.ts";
import { adamW, Optimiser } from "./optimiser.ts";
import { BERT, parameterShapes } from "./parameters.ts";
import { configOfRemaining, type Remaining } from "./remaining.ts";
import { readSafetensors, readSafetensorsHeader, writeSafetensors } from "./safetensors-file.ts";
import { answerLogits, trainStep } from "./training.ts";
import type { Weights, WeightTensor } from "./weights.ts";

const whole = lxmertConfig({
  hidden: 8,
  heads: 4,
  intermediate: 12,
  layers: { language: 2, object: 1, cross: 1 },
  vocabulary: 20,
  positions: 10,
  featureWidth: 5,
  answers: 6,
});

const remaining: Remaining = {
  heads: {
    "encoder.layer.1.attention": 3,
    "encoder.x_layers.0.visual_attention": 1,
    "encoder.r_layers.0.attention": 2,
  },
  units: { "encoder.layer.0.intermediate": 5, "encoder.x_layers.0.lang_inter": 1 },
};

const arrays: LxmertArrays = {
  batch: 2,
  tokenLength: 3,
  tokens: Int32Array.of(2, 5, 3, 2, 7, 3),
  textMask: Float32Array.of(1, 1, 1, 1, 1, 0),
  regions: 2,
  features: Float32Array.from({ length: 20 }, (_, i) => (i % 7) / 5),
  boxes: Float32Array.from({ length: 16 }, (_, i) => (i % 5) / 5),
};

/** A small network's weights in the places of the whole one's, 0 everywhere else: last heads and units are gone. */
function padded(small: Weights): Weights {
  return new Map(
    [...parameterShapes(whole)].map(([name, { shape }]) => {
      const { shape: [rows = 0, columns = 1] = [], values } = small.get(name) as WeightTensor;
      const width = shape[1] ?? 1;
      const wide = new Float32Array((shape[0] as number) * width);
      for (let row = 0; row < rows; row++) wide.set(values.subarray(row * columns, (row + 1) * columns), row * width);
      return [name, { shape, values: wide }];
    }),
  );
}

/** Larger than the usual start, so that every module matters. */
function start(config: LxmertConfig): Weights {
  return new Map(
    [...initialise(config, 1)].map(([name, { shape, values }]) => [name, { shape, values: values.map((x) => 15 * x) }]),
  );
}

async function logitsOf(config: LxmertConfig, weights: Weights): Promise<Float32Array> {
  const network = new Lxmert(config, weights);
  const input = lxmertInput(config, arrays);
  const logits = await answerLogits(network, input);
  disposeInput(input);
  network.dispose();
  return logits;
}

beforeAll(() => openEngine("wasm"));

describe("a network that lost heads and units", () => {
  const small = lxmertConfig({ ...whole, remaining });
  const weights = start(small);

  it("has smaller tensors and less arithmetic, the other sub-layers as before", () => {
    const shapes = parameterShapes(small);
    const shapeOf = (name: string) => shapes.get(`${BERT}.encoder.${name}.weight`)?.shape;
    expect(shapeOf("layer.1.attention.self.key")).toEqual([6, 8]);
    expect(shapeOf("layer.1.attention.output.dense")).toEqual([8, 6]);
    expect(shapeOf("layer.0.attention.self.key")).toEqual([8, 8]);
    expect(shapeOf("x_layers.0.lang_inter.dense")).toEqual([1, 8]);
    expect(shapeOf("x_layers.0.lang_output.dense")).toEqual([8, 1]);
    const flops = (config: LxmertConfig) => forwardFlops(config, { tokens: 3, regions: 2 });
    const saved = flops(whole).total - flops(small).total;
    const matrices = [...flops(whole).byParameter].map(([name, n]) => n - (flops(small).byParameter.get(name) ?? 0));
    // Scores and weighted sums of the heads that are gone: 1 of 2 wide on 3 x 3, 3 on 3 x 2, 2 on 2 x 2.
    const heads = 4 * (1 * 2 * 9 + 3 * 2 * 6 + 2 * 2 * 4);
    expect(saved).toBe(matrices.reduce((sum, n) => sum + n, heads));
  });

  it("answers as the whole network does whose weights of those heads and units are 0", async () => {
    const [own, expected] = [await logitsOf(small, weights), await logitsOf(whole, padded(weights))];
    for (const [i, value] of expected.entries()) expect(own[i]).toBeCloseTo(value, 5);
    expect(new Set(own).size).toBe(own.length);
  });

  it("trains", async () => {
    const network = new Lxmert(small, weights);
    const optimiser = new Optimiser(network.parameters, adamW({ learningRate: 0.001, totalSteps: -1 }));
    const batch = { ...lxmertInput(small, arrays), targets: tf.tensor2d([0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0], [2, 6]) };
    const { loss } = await trainStep(network, optimiser, batch, null);
    for (let step = 0; step < 5; step++) await trainStep(network, optimiser, batch, null);
    expect((await trainStep(network, optimiser, batch, null)).loss).toBeLessThan(loss);
    disposeInput(batch);
    optimiser.dispose();
    network.dispose();
  });

  it("comes back from a file with its config, or from its shapes and the whole network's config", async () => {
    const folder = await mkdtemp(join(tmpdir(), "remaining-"));
    const path = join(folder, "small.safetensors");
    await writeSafetensors(path, weights, { metadata: new Map([["config", JSON.stringify(small)]]) });
    const { metadata } = await readSafetensorsHeader(path);
    const config = lxmertConfig(JSON.parse(metadata.get("config") as string) as LxmertConfig);
    const read = await readSafetensors(path);
    expect(config).toEqual(small);
    expect(configOfRemaining(whole, read)).toEqual(small);
    expect(await logitsOf(config, read)).toEqual(await logitsOf(small, weights));
    await rm(folder, { recursive: true });
  });
});

describe("what remains", () => {
  it("is not mentioned in the config of a whole network", () => {
    expect(Object.keys(whole)).not.toContain("remaining");
    expect(configOfRemaining(whole, parameterShapes(whole))).toEqual(whole);
  });

  it.each([
    [
      { heads: { "encoder.layer.2.attention": 1 }, units: {} },
      "remaining.heads names encoder.layer.2.attention, no such",
    ],
    [
      { heads: { "encoder.layer.0.attention": 5 }, units: {} },
      'heads["encoder.layer.0.attention"] is 5, expected a whole',
    ],
    [{ heads: {}, units: { "encoder.layer.0.intermediate": 0 } }, "is 0, expected a whole number from 1 to 12"],
  ])("%j is refused", (wrong, message) => {
    expect(() => lxmertConfig({ ...whole, remaining: wrong })).toThrow(message);
  });

  it("cannot be part of a head", () => {
    const query = `${BERT}.encoder.layer.0.attention.self.query.weight`;
    const shapes = new Map([...parameterShapes(whole)].map(([name, { shape }]) => [name, { shape }]));
    shapes.set(query, { shape: [5, 8] });
    expect(() => configOfRemaining(whole, shapes)).toThrow("has 5 rows, no whole number of heads of 2");
  });
});
