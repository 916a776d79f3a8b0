import { Dropout, randomStream, tf } from "@ticketbench/backend";
import { openEngine } from "@ticketbench/backend/node";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { lxmertConfig } from "./config.ts";
import { LxmertPretraining, type PretrainingConfig } from "./lxmert-pretraining.ts";
import { adamW, Optimiser } from "./optimiser.ts";
import {
  evaluatePretraining,
  initialisePretraining,
  pretrain,
  pretrainingBatch,
  type PretrainingExample,
  type PretrainingRun,
  pretrainingStream,
  pretrainStep,
  type RegionSource,
  stepsPerEpoch,
  withoutImage,
} from "./pretraining.ts";
import { maskRegions, maskWords, type Task, TASKS } from "./pretraining-labels.ts";
import { TINY } from "./testing/tiny-network.ts";

const ALL: ReadonlySet<Task> = new Set(TASKS);
const vocabulary = { size: 20, mask: 4, special: new Set([0, 2, 3]) };

const config: PretrainingConfig = {
  network: lxmertConfig({
    ...TINY,
    featureWidth: 4,
    answers: 3,
  }),
  objects: 4,
  attributes: 3,
};

/** Image n shows object n in every region, and its sentences say so. */
const examples: readonly PretrainingExample[] = Array.from({ length: 40 }, (_, i) => ({
  tokens: [2, 6 + (i % 4), 10 + (i % 3), 3],
  image: String(i % 4),
  answer: i % 2 === 0 ? i % 3 : -1,
}));

const source: RegionSource = {
  regions: 3,
  featureWidth: 4,
  fill: (image, into, row) => {
    for (let i = row; i < row + 3; i++) {
      into.features[i * 4 + Number(image)] = 1;
      into.objects[i] = Number(image);
      into.objectConfidences[i] = 0.9;
    }
  },
};

const rows = Uint32Array.from({ length: 16 }, (_, i) => i);

beforeAll(() => openEngine("wasm"));

describe("masking words", () => {
  const tokens = Int32Array.from({ length: 100_000 }, (_, i) => 5 + (i % 15));

  it("masks 15 %, of which 80 % become [MASK], 10 % another word and 10 % stay", () => {
    const masked = maskWords(tokens, vocabulary, randomStream(1, "mask"));
    const places = [...tokens.keys()].filter((place) => masked.labels[place] !== -1);
    const share = (test: (place: number) => boolean): number => places.filter(test).length / places.length;
    expect(places.length / tokens.length).toBeCloseTo(0.15, 2);
    expect(share((place) => masked.tokens[place] === vocabulary.mask)).toBeCloseTo(0.8, 1);
    expect(share((place) => masked.tokens[place] === tokens[place])).toBeCloseTo(0.1, 1);
  });

  it("labels masked places with the word that stood there, and leaves all others as they are", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(19)), fc.nat(1000), (ids, seed) => {
        const masked = maskWords(Int32Array.from(ids), vocabulary, randomStream(seed, "mask"));
        for (const [place, id] of ids.entries()) {
          const label = masked.labels[place];
          if (vocabulary.special.has(id)) expect(label).toBe(-1);
          if (label === -1) expect(masked.tokens[place]).toBe(id);
          else expect(label).toBe(id);
        }
      }),
    );
  });
});

it("masking regions blanks or replaces only regions that it reports", () => {
  const features = Float32Array.from({ length: 3000 }, (_, i) => 1 + i);
  const masked = maskRegions(features, 3, randomStream(1, "mask"));
  const count = masked.masked.reduce((sum, value) => sum + value, 0);
  expect(count / 1000).toBeCloseTo(0.15, 1);
  let blanked = 0;
  for (const [region, isMasked] of masked.masked.entries()) {
    const row = masked.features.subarray(3 * region, 3 * region + 3);
    if (isMasked === 0) expect([...row]).toEqual([...features.subarray(3 * region, 3 * region + 3)]);
    else if (row.every((value) => value === 0)) blanked++;
    else expect(row[1]).toBe((row[0] as number) + 1);
  }
  expect(blanked / count).toBeCloseTo(0.8, 1);
});

describe("a pretraining batch", () => {
  it("mismatches about half of the sentences, and asks for no answer there", () => {
    const many = Uint32Array.from({ length: 400 }, (_, i) => i % 40);
    const { input, labels } = pretrainingBatch(examples, many, source, vocabulary, ALL, pretrainingStream(1, 0));
    const matching = labels.matching.reduce((sum, value) => sum + value, 0);
    expect(matching / 400).toBeCloseTo(0.5, 1);
    for (const [i, row] of many.entries()) {
      expect(labels.answers[i]).toBe(labels.matching[i] === 1 ? examples[row]?.answer : -1);
      expect(labels.objects[3 * i]).toBe(row % 4);
    }
    expect(input.features).not.toEqual(labels.features);
  });

  it("leaves alone what belongs to no task that is on", () => {
    const { input, labels } = pretrainingBatch(
      examples,
      rows,
      source,
      vocabulary,
      new Set<Task>(["answers"]),
      pretrainingStream(1, 0),
    );
    expect(input.features).toEqual(labels.features);
    expect([...labels.matching]).toEqual(Array(16).fill(1));
    expect([...input.tokens]).toEqual(examples.slice(0, 16).flatMap(({ tokens }) => [...Array.from(tokens)]));
  });

  it("is a function of seed and step", () => {
    const make = (seed: number, step: number) =>
      pretrainingBatch(examples, rows, source, vocabulary, ALL, pretrainingStream(seed, step));
    expect(make(1, 5)).toEqual(make(1, 5));
    expect(make(1, 5)).not.toEqual(make(1, 6));
  });

  it("cannot mismatch when all sentences are about one image", () => {
    const one = examples.map((example) => ({ ...example, image: "0" }));
    expect(() => pretrainingBatch(one, rows, source, vocabulary, ALL, pretrainingStream(1, 0))).toThrow(
      "pretraining: all sentences are about one image, so none can be mismatched",
    );
  });
});

describe("pretraining", () => {
  it("lowers the losses of what can be learned and makes no tensor that stays", async () => {
    const model = new LxmertPretraining(config, initialisePretraining(config, 1));
    const optimiser = new Optimiser(model.parameters, adamW({ learningRate: 0.01, totalSteps: 150 }));
    const batch = (step: number) =>
      pretrainingBatch(examples, rows, source, vocabulary, ALL, pretrainingStream(1, step));
    const before = await evaluatePretraining(model, batch(1000), ALL);
    const dropout = new Dropout(0.1, 1);
    await pretrainStep(model, optimiser, batch(0), ALL, dropout);
    const tensors = tf.memory().numTensors;
    for (let step = 1; step < 150; step++) await pretrainStep(model, optimiser, batch(step), ALL, dropout);
    expect(tf.memory().numTensors).toBe(tensors);
    const after = await evaluatePretraining(model, batch(1000), ALL);
    expect(tf.memory().numTensors).toBe(tensors);
    // Nothing carries an attribute, and their labels are ignored.
    expect(after.attributes).toBe(0);
    for (const task of ["words", "objects", "features"] as const)
      expect(after[task]).toBeLessThan(before[task] as number);
    optimiser.dispose();
    model.dispose();
  });

  it("resumes bit for bit in the middle of an epoch", async () => {
    const run: PretrainingRun = { examples, source, vocabulary, tasks: ALL, batchSize: 16, epochs: 3, seed: 5 };
    const settings = adamW({ learningRate: 0.01, totalSteps: 3 * stepsPerEpoch(run) });
    const dropout = new Dropout(0.1, 5);
    const train = async (breakAfter: number) => {
      let model = new LxmertPretraining(config, initialisePretraining(config, 1));
      let optimiser = new Optimiser(model.parameters, settings);
      const steps = pretrain(model, optimiser, run, dropout);
      for (let step = 0; step < breakAfter; step++) await steps.next();
      if (breakAfter > 0) {
        const [weights, state] = [await model.snapshot(), await optimiser.snapshot()];
        optimiser.dispose();
        model.dispose();
        model = new LxmertPretraining(config, weights);
        optimiser = new Optimiser(model.parameters, settings);
        optimiser.load(state);
      }
      const losses: number[] = [];
      for await (const { loss } of pretrain(model, optimiser, run, dropout)) losses.push(loss);
      const end = await model.snapshot();
      optimiser.dispose();
      model.dispose();
      return { losses, end };
    };
    const [whole, resumed] = [await train(0), await train(3)];
    expect(whole.losses.length).toBe(6);
    expect(resumed.losses).toEqual(whole.losses.slice(3));
    expect(resumed.end).toEqual(whole.end);
  });

  it("refuses fewer examples than a batch", async () => {
    const model = new LxmertPretraining(config, initialisePretraining(config, 1));
    const optimiser = new Optimiser(model.parameters, adamW({ learningRate: 0.01, totalSteps: 1 }));
    const run: PretrainingRun = { examples, source, vocabulary, tasks: ALL, batchSize: 64, epochs: 1, seed: 5 };
    await expect(pretrain(model, optimiser, run, null).next()).rejects.toThrow(
      "pretraining: 40 examples, expected at least one batch of 64",
    );
    model.dispose();
  });

  it("sees nothing in a batch without its image", () => {
    const { input, labels } = pretrainingBatch(examples, rows, source, vocabulary, ALL, pretrainingStream(1, 0));
    const blind = withoutImage({ input, labels });
    expect(blind.input.features?.every((value) => value === 0)).toBe(true);
    expect(blind.input.features?.length).toBe(input.features?.length);
    expect(blind.labels).toBe(labels);
  });

  it("has no loss for a task that is off, or has nothing to predict", async () => {
    const model = new LxmertPretraining(config, initialisePretraining(config, 1));
    const batch = pretrainingBatch(examples, rows, source, vocabulary, ALL, pretrainingStream(1, 0));
    const losses = await evaluatePretraining(model, batch, new Set<Task>(["matching"]));
    expect(Object.entries(losses).filter(([, loss]) => loss !== null)).toEqual([["matching", expect.any(Number)]]);
    const unlabelled = { ...batch, labels: { ...batch.labels, answers: new Int32Array(16).fill(-1) } };
    expect((await evaluatePretraining(model, unlabelled, ALL)).answers).toBeNull();
    model.dispose();
  });

  it("gives its weights back, and takes a file that holds the tied matrix twice", async () => {
    const weights = initialisePretraining(config, 1);
    const words = weights.get("bert.embeddings.word_embeddings.weight")!;
    const twice = new Map([...weights, ["cls.predictions.decoder.weight", words]]);
    const model = new LxmertPretraining(config, twice);
    expect(await model.snapshot()).toEqual(weights);
    model.dispose();
    const other = { shape: words.shape, values: words.values.map((value) => value + 1) };
    const untied = new Map([...weights, ["cls.predictions.decoder.weight", other]]);
    expect(() => new LxmertPretraining(config, untied)).toThrow(
      "weights: cls.predictions.decoder.weight differs from bert.embeddings.word_embeddings.weight",
    );
  });
});
