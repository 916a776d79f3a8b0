import { Dropout, type EngineName, tf } from "@ticketbench/backend";
import { openEngine } from "@ticketbench/backend/node";
import { testableEngines } from "@ticketbench/backend/testing";
import { describe, expect, it } from "vitest";
import { lxmertConfig } from "./config.ts";
import { initialise } from "./initialise.ts";
import { disposeInput, lxmertInput } from "./input.ts";
import { Lxmert } from "./lxmert.ts";
import { adamW, Optimiser } from "./optimiser.ts";
import { answerLogits, trainStep, type VqaBatch } from "./training.ts";
import type { Weights } from "./weights.ts";

const config = lxmertConfig({
  hidden: 8,
  heads: 2,
  intermediate: 12,
  layers: { language: 1, object: 0, cross: 1 },
  vocabulary: 20,
  positions: 10,
  featureWidth: 5,
  answers: 6,
});

function batch(): VqaBatch {
  const input = lxmertInput(config, {
    batch: 2,
    tokenLength: 3,
    tokens: Int32Array.of(2, 5, 3, 2, 7, 3),
    textMask: Float32Array.of(1, 1, 1, 1, 1, 0),
    regions: 2,
    features: Float32Array.from({ length: 20 }, (_, i) => (i % 7) / 5),
    boxes: Float32Array.from({ length: 16 }, (_, i) => (i % 5) / 5),
  });
  return { ...input, targets: tf.tensor2d([0, 1, 0, 0.3, 0, 0, 0.6, 0, 0, 0, 0, 1], [2, 6]) };
}

interface Run {
  readonly losses: readonly number[];
  readonly norms: readonly number[];
  readonly logits: Float32Array;
  readonly weights: Weights;
  /** Tensors that were there after the run and not after its first step. */
  readonly leaked: number;
}

/** Trains with dropout, clipping and a mask from start weights that do not depend on the engine, then evaluates. */
async function train(engine: EngineName, steps: number): Promise<Run> {
  await openEngine(engine);
  const network = new Lxmert(config, initialise(config, 1));
  const mask = Uint8Array.from({ length: 96 }, (_, i) => Number(i % 3 === 0));
  const optimiser = new Optimiser(
    network.parameters,
    adamW({ learningRate: 0.005, totalSteps: -1, clipNorm: 1 }),
    new Map([["logit_fc.3.weight", mask]]),
  );
  const data = batch();
  const dropout = new Dropout(0.1, 1);
  const [losses, norms]: [number[], number[]] = [[], []];
  let afterFirst = 0;
  for (let step = 0; step < steps; step++) {
    const { loss, gradientNorm } = await trainStep(network, optimiser, data, dropout);
    losses.push(loss);
    norms.push(gradientNorm);
    if (step === 0) afterFirst = tf.memory().numTensors;
  }
  const logits = await answerLogits(network, data);
  const leaked = tf.memory().numTensors - afterFirst;
  const weights = await network.snapshot();
  disposeInput(data);
  optimiser.dispose();
  network.dispose();
  return { losses, norms, logits, weights, leaked };
}

function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  return Array.from(expected).reduce((most, value, i) => Math.max(most, Math.abs((actual[i] ?? NaN) - value)), 0);
}

describe.each(testableEngines())("training on %s", (engine) => {
  // A GPU in software takes its time, most of it for programs it has not seen before.
  it("gives the losses, norms and weights that wasm gives, and leaves no tensor", { timeout: 240_000 }, async () => {
    const [own, wasm] = [await train(engine, 2), await train("wasm", 2)];
    expect(wasm.losses[1]).toBeLessThan(wasm.losses[0] as number);
    expect(largestDifference(own.losses, wasm.losses)).toBeLessThan(1e-5);
    expect(largestDifference(own.norms, wasm.norms)).toBeLessThan(1e-4);
    expect(largestDifference(own.logits, wasm.logits)).toBeLessThan(1e-4);
    for (const [name, { values }] of wasm.weights)
      if (!name.endsWith("key.bias"))
        expect(largestDifference(own.weights.get(name)?.values ?? [], values), name).toBeLessThan(1e-4);
    const pruned = own.weights.get("logit_fc.3.weight")?.values.filter((_, i) => i % 3 !== 0);
    expect(pruned?.every((value) => value === 0)).toBe(true);
    expect(own.leaked).toBe(0);
  });
});

describe.each(testableEngines(["wasm", "tensorflow", "cpu"]))("a hundred steps on %s", (engine) => {
  it("leave no tensor behind", { timeout: 120_000 }, async () => {
    expect((await train(engine, 100)).leaked).toBe(0);
  });
});
