import { Dropout, tf } from "@ticketbench/backend";
import { openEngine } from "@ticketbench/backend/node";
import { beforeAll, describe, expect, it } from "vitest";
import { lxmertConfig } from "./config.ts";
import { initialise } from "./initialise.ts";
import { disposeInput, lxmertInput } from "./input.ts";
import { Lxmert } from "./lxmert.ts";
import { adamW, bertAdam, Optimiser, type OptimiserMasks, requireRoomToTrain } from "./optimiser.ts";
import { deadParameters, parameterCount, parameterShapes } from "./parameters.ts";
import { bestAnswers, trainStep, type VqaBatch } from "./training.ts";
import { TINY } from "./testing/tiny-network.ts";

const config = lxmertConfig(TINY);

function batch(): VqaBatch {
  const input = lxmertInput(config, {
    batch: 2,
    tokenLength: 3,
    tokens: Int32Array.of(2, 5, 3, 2, 7, 3),
    textMask: new Float32Array(6).fill(1),
    regions: 2,
    features: Float32Array.from({ length: 20 }, (_, i) => (i % 7) / 5),
    boxes: Float32Array.from({ length: 16 }, (_, i) => (i % 5) / 5),
  });
  return { ...input, targets: tf.tensor2d([0, 1, 0, 0.3, 0, 0, 0.6, 0, 0, 0, 0, 1], [2, 6]) };
}

/** Keeps every third weight of each matrix. */
function thirds(network: Lxmert): OptimiserMasks {
  const matrices = [...network.parameters].filter(([, { rank }]) => rank === 2);
  return new Map(
    matrices.map(([name, { size }]) => [name, Uint8Array.from({ length: size }, (_, i) => Number(i % 3 === 0))]),
  );
}

const SETTINGS = bertAdam({ learningRate: 0.01, totalSteps: 20 });

beforeAll(() => openEngine("wasm"));

describe("a training step", () => {
  it("lowers the loss and makes no tensor that stays", async () => {
    const network = new Lxmert(config, initialise(config, 1));
    const settings = bertAdam({ learningRate: 0.03, totalSteps: 50 });
    const optimiser = new Optimiser(network.parameters, settings, thirds(network));
    const data = batch();
    const dropout = new Dropout(0.1, 1);
    const first = await trainStep(network, optimiser, data, dropout);
    const tensors = tf.memory().numTensors;
    let last = first;
    for (let step = 0; step < 40; step++) {
      last = await trainStep(network, optimiser, data, dropout);
      expect(tf.memory().numTensors).toBe(tensors);
    }
    expect(first.learningRate).toBe(0);
    expect(last.loss).toBeLessThan(first.loss * 0.8);
    const targets = await data.targets.array();
    expect(last.correct).toBe(targets[0]![last.answers[0]!]! + targets[1]![last.answers[1]!]!);
    disposeInput(data);
    optimiser.dispose();
    network.dispose();
  });

  it("keeps pruned weights and their moments at exactly 0, dead parameters included", async () => {
    const network = new Lxmert(config, initialise(config, 1));
    const masks = thirds(network);
    const optimiser = new Optimiser(network.parameters, adamW({ learningRate: 0.01, totalSteps: -1 }), masks);
    const data = batch();
    for (let step = 0; step < 3; step++) await trainStep(network, optimiser, data, null);
    const weights = await network.snapshot();
    const state = await optimiser.snapshot();
    for (const [name, mask] of masks) {
      const pruned = (values: Float32Array): number[] => [...values].filter((_, i) => mask[i] === 0);
      expect(new Set(pruned(weights.get(name)!.values))).toEqual(new Set([0]));
      const moment = state.get(`second.${name}`);
      if (moment !== undefined) expect(pruned(moment.values).every((value) => value === 0)).toBe(true);
    }
    const kept = weights.get("logit_fc.3.weight")!.values;
    expect(kept.filter((value) => value !== 0).length).toBe(Math.ceil(kept.length / 3));
    disposeInput(data);
    optimiser.dispose();
    network.dispose();
  });

  it("leaves parameters without a gradient as they are, weight decay included", async () => {
    const start = initialise(config, 1);
    const network = new Lxmert(config, start);
    const optimiser = new Optimiser(network.parameters, { ...SETTINGS, totalSteps: -1 });
    const data = batch();
    await trainStep(network, optimiser, data, null);
    const after = await network.snapshot();
    for (const name of deadParameters(config)) expect(after.get(name)).toEqual(start.get(name));
    const types = "lxrt_encoder.model.bert.embeddings.token_type_embeddings.weight";
    expect(after.get(types)).not.toEqual(start.get(types));
    disposeInput(data);
    optimiser.dispose();
    network.dispose();
  });

  it("resumes bit for bit from saved weights and optimiser state", async () => {
    const data = batch();
    const dropout = new Dropout(0.1, 4);
    const run = async (breakAfter: number): Promise<unknown> => {
      let network = new Lxmert(config, initialise(config, 1));
      let optimiser = new Optimiser(network.parameters, SETTINGS, thirds(network));
      for (let step = 0; step < 6; step++) {
        await trainStep(network, optimiser, data, dropout);
        if (step + 1 !== breakAfter) continue;
        const [weights, state] = [await network.snapshot(), await optimiser.snapshot()];
        optimiser.dispose();
        network.dispose();
        network = new Lxmert(config, weights);
        optimiser = new Optimiser(network.parameters, SETTINGS, thirds(network));
        optimiser.load(state);
      }
      const end = [await network.snapshot(), await optimiser.snapshot()];
      optimiser.dispose();
      network.dispose();
      return end;
    };
    expect(await run(3)).toEqual(await run(0));
    disposeInput(data);
  });
});

describe("an optimiser", () => {
  it("has BertAdam's and AdamW's own values where a run chooses none", () => {
    const chosen = { learningRate: 5e-5, totalSteps: 100 };
    const bert = {
      ...chosen,
      ...{ warmup: 0.1, decay: "linear", beta1: 0.9, beta2: 0.999, epsilon: 1e-6 },
      ...{ weightDecay: 0.01, biasCorrection: false, clipNorm: 5 },
    };
    expect(bertAdam(chosen)).toEqual(bert);
    expect(adamW(chosen)).toEqual({ ...bert, epsilon: 1e-8, biasCorrection: true });
    expect(adamW({ ...chosen, epsilon: 0.1, clipNorm: 1 })).toMatchObject({ epsilon: 0.1, clipNorm: 1 });
  });

  it("clips by the bound over the norm and a millionth, as the original does", async () => {
    const moved = async (clipNorm: number): Promise<number> => {
      const parameter = tf.variable(tf.tensor1d([0]));
      const settings = { learningRate: 1, totalSteps: -1, weightDecay: 0, beta1: 0, beta2: 0, epsilon: 1, clipNorm };
      const optimiser = new Optimiser(new Map([["x", parameter]]), bertAdam(settings));
      await optimiser.step(new Map([["x", tf.tensor1d([1e-6])]]));
      const [value = NaN] = await parameter.data();
      optimiser.dispose();
      parameter.dispose();
      return value;
    };
    expect((await moved(1e-6)) / (await moved(Infinity))).toBeCloseTo(0.5, 5);
    expect(await moved(2e-6)).toBe(await moved(Infinity));
  });

  it("refuses a mask that does not fit, and names it", () => {
    const network = new Lxmert(config, initialise(config, 1));
    const made = (name: string, length: number) => () =>
      new Optimiser(network.parameters, SETTINGS, new Map([[name, new Uint8Array(length)]]));
    expect(made("logit_fc.3.bias", 5)).toThrow("mask: logit_fc.3.bias has 5 entries, expected 6");
    expect(made("logit_fc.4.bias", 5)).toThrow("mask: logit_fc.4.bias is not a parameter of this model");
    network.dispose();
  });

  it("is refused on wasm for a network of full size, which names the engine to use, and allowed elsewhere", async () => {
    const parameters = parameterCount(parameterShapes(lxmertConfig()));
    const full = new Map([["all", { size: parameters } as tf.Variable]]);
    const before = tf.memory().numTensors;
    expect(() => new Optimiser(full, SETTINGS)).toThrow(
      /^wasm engine: 213,930,297 parameters with gradients and moments take 3.2 GiB, .* use the tensorflow engine/,
    );
    expect(tf.memory().numTensors).toBe(before);
    await openEngine("cpu");
    expect(() => requireRoomToTrain(parameters)).not.toThrow();
    await openEngine("wasm");
  });

  it("refuses the state of another model", () => {
    const network = new Lxmert(config, initialise(config, 1));
    const optimiser = new Optimiser(network.parameters, SETTINGS);
    expect(() => optimiser.load(new Map())).toThrow("optimiser state: holds no step count");
    const tensor = { shape: [5], values: new Float32Array(5) };
    const state = new Map([
      ["steps", { shape: [], values: Float32Array.of(3) }],
      ["first.logit_fc.3.bias", tensor],
      ["second.logit_fc.3.bias", tensor],
    ]);
    expect(() => optimiser.load(state)).toThrow("first.logit_fc.3.bias holds 5 values, expected 6");
    expect(optimiser.steps).toBe(0);
    network.dispose();
  });

  it("stops at a gradient that is not a number, before anything moves", async () => {
    const parameter = tf.variable(tf.tensor1d([1, 2]));
    const optimiser = new Optimiser(new Map([["x", parameter]]), SETTINGS);
    const gradient = tf.tensor1d([NaN, 0]);
    await expect(optimiser.step(new Map([["x", gradient]]))).rejects.toThrow("the gradient norm is NaN");
    expect(gradient.isDisposed).toBe(true);
    expect([...parameter.dataSync()]).toEqual([1, 2]);
  });
});

it("the best answer is the first of equals", () => {
  expect([...bestAnswers([1, 3, 3, 0, 0, 0], 2)]).toEqual([1, 0]);
});
