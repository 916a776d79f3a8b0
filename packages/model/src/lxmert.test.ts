import { bceWithLogits, Dropout, tf } from "@ticketbench/backend";
import { openEngine } from "@ticketbench/backend/node";
import { beforeAll, describe, expect, it } from "vitest";
import { type LxmertConfig, lxmertConfig, type PartialLxmertConfig } from "./config.ts";
import { initialise } from "./initialise.ts";
import { disposeInput, type LxmertArrays, type LxmertInput, lxmertInput } from "./input.ts";
import { Lxmert } from "./lxmert.ts";
import { deadParameters, parameterCount, parameterShapes } from "./parameters.ts";
import { scoped } from "./scope.ts";
import { answerLogits, gradientsOf } from "./training.ts";

const TINY: PartialLxmertConfig = {
  hidden: 8,
  heads: 2,
  intermediate: 12,
  layers: { language: 1, object: 1, cross: 2 },
  vocabulary: 20,
  positions: 10,
  featureWidth: 5,
  answers: 6,
};

/** Two texts of 4 and 3 tokens, padded to a length. */
function arrays(config: LxmertConfig, tokenLength: number): LxmertArrays {
  const texts = [
    [2, 5, 6, 3],
    [2, 7, 3],
  ];
  const tokens = new Int32Array(2 * tokenLength);
  const textMask = new Float32Array(2 * tokenLength);
  for (const [i, text] of texts.entries()) {
    tokens.set(text, i * tokenLength);
    textMask.fill(1, i * tokenLength, i * tokenLength + text.length);
  }
  const ramp = (length: number, scale: number): Float32Array =>
    Float32Array.from({ length }, (_, i) => ((i * 7) % 11) * scale);
  const regions = 3;
  return {
    batch: 2,
    tokenLength,
    tokens,
    textMask,
    regions,
    features: ramp(2 * regions * config.featureWidth, 0.2),
    boxes: ramp(2 * regions * 4, 0.09),
  };
}

/** Larger than the usual start, so that every module matters. */
function model(differences: PartialLxmertConfig): Lxmert {
  const config = lxmertConfig({ ...TINY, ...differences });
  const weights = [...initialise(config, 1)].map(
    ([name, { shape, values }]) => [name, { shape, values: values.map((value) => value * 15) }] as const,
  );
  return new Lxmert(config, new Map(weights));
}

function using<T>(network: Lxmert, inputs: LxmertArrays, use: (input: LxmertInput) => T): T {
  const input = lxmertInput(network.config, inputs);
  const result = use(input);
  disposeInput(input);
  return result;
}

interface Answer {
  readonly logits: Float32Array;
  readonly gradients: ReadonlyMap<string, Float32Array>;
}

function logitsAndGradients(network: Lxmert, inputs: LxmertArrays): Answer {
  return scoped(() =>
    using(network, inputs, (input) => {
      const targets = tf.tensor2d(
        Float32Array.from({ length: 12 }, (_, i) => (i % 5) / 4),
        [2, 6],
      );
      const { gradients } = gradientsOf(network.parameters, () =>
        bceWithLogits(network.forward(input, null).logits, targets),
      );
      return {
        logits: network.forward(input, null).logits.dataSync<"float32">().slice(),
        gradients: new Map([...gradients].map(([name, gradient]) => [name, gradient.dataSync<"float32">().slice()])),
      };
    }),
  );
}

function expectSame(actual: Answer, expected: Answer): void {
  expectClose(actual.logits, expected.logits);
  expect([...actual.gradients.keys()]).toEqual([...expected.gradients.keys()]);
  for (const [name, gradient] of expected.gradients) expectClose(actual.gradients.get(name) as Float32Array, gradient);
}

function expectClose(actual: Float32Array, expected: Float32Array): void {
  expect(actual.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(Math.abs((actual[i] as number) - value)).toBeLessThan(1e-5);
}

beforeAll(() => openEngine("wasm"));

describe("LXMERT at full size", () => {
  const shapes = parameterShapes(lxmertConfig());

  it("has 455 tensors and 213,930,297 parameters", () => {
    expect(shapes.size).toBe(455);
    expect(parameterCount(shapes)).toBe(213_930_297);
  });

  it("has 7,087,872 parameters that no answer depends on, biases and LayerNorm among them", () => {
    const dead = new Map(deadParameters(lxmertConfig()).map((name) => [name, shapes.get(name)!]));
    expect(dead.size).toBe(16);
    expect(parameterCount(dead)).toBe(7_087_872);
  });
});

describe("savings change no answer", () => {
  const complete = { deadVision: false, classTokenOnly: false };

  it.each([
    { deadVision: true, classTokenOnly: false },
    { deadVision: false, classTokenOnly: true },
    { deadVision: true, classTokenOnly: true },
  ])("%o: equal logits and gradients", (savings) => {
    const [full, saving] = [model({ savings: complete }), model({ savings })];
    const inputs = arrays(full.config, 4);
    expectSame(logitsAndGradients(saving, inputs), logitsAndGradients(full, inputs));
    for (const network of [full, saving]) network.dispose();
  });

  it("padding to the longest text: equal logits and gradients", () => {
    const network = model({});
    expectSame(
      logitsAndGradients(network, arrays(network.config, 4)),
      logitsAndGradients(network, arrays(network.config, 10)),
    );
    network.dispose();
  });

  it("the dead half gets no gradient, with savings or without", () => {
    for (const savings of [complete, {}]) {
      const network = model({ savings });
      const { gradients } = logitsAndGradients(network, arrays(network.config, 4));
      const without = [...network.parameters.keys()].filter((name) => !gradients.has(name));
      expect(without).toEqual(deadParameters(network.config));
      network.dispose();
    }
  });

  it("hands out the streams it computed, and only those", () => {
    const [full, saving] = [model({ savings: complete }), model({})];
    const inputs = arrays(full.config, 4);
    tf.tidy(() => {
      const all = using(full, inputs, (input) => full.forward(input, null));
      expect(all.language?.shape).toEqual([8, 8]);
      expect(all.vision?.shape).toEqual([6, 8]);
      const some = using(saving, inputs, (input) => saving.forward(input, null));
      expect([some.language, some.vision]).toEqual([undefined, undefined]);
    });
    for (const network of [full, saving]) network.dispose();
  });
});

describe("a network without cross-modality layers", () => {
  it("answers from the language encoder alone", async () => {
    const network = model({ layers: { language: 1, object: 1, cross: 0 } });
    const input = lxmertInput(network.config, arrays(network.config, 4));
    expect((await answerLogits(network, input)).length).toBe(12);
    disposeInput(input);
    network.dispose();
  });
});

describe("language-only mode", () => {
  it("is LXMERT on one region whose features and box are zero", async () => {
    const [blind, seeing] = [model({ languageOnly: true }), model({})];
    const inputs = arrays(seeing.config, 4);
    const zero = { regions: 1, features: new Float32Array(2 * 5), boxes: new Float32Array(2 * 4) };
    const blindInput = lxmertInput(blind.config, { ...inputs, regions: 0, features: null, boxes: null });
    const zeroInput = lxmertInput(seeing.config, { ...inputs, ...zero });
    expect(await answerLogits(blind, blindInput)).toEqual(await answerLogits(seeing, zeroInput));
    disposeInput(blindInput);
    disposeInput(zeroInput);
    for (const network of [blind, seeing]) network.dispose();
  });
});

describe("dropout", () => {
  it("is a function of seed and step alone", () => {
    const network = model({});
    const logits = (seed: number, step: number): Float32Array =>
      tf.tidy(() =>
        using(network, arrays(network.config, 4), (input) => {
          const dropout = new Dropout(0.3, seed);
          dropout.startStep(step);
          return network.forward(input, dropout).logits.dataSync<"float32">().slice();
        }),
      );
    expect(logits(1, 5)).toEqual(logits(1, 5));
    expect(logits(1, 5)).not.toEqual(logits(1, 6));
    expect(logits(1, 5)).not.toEqual(logits(2, 5));
    network.dispose();
  });
});

describe("weights in and out", () => {
  it("come back bit for bit", async () => {
    const config = lxmertConfig(TINY);
    const [first, second] = [initialise(config, 1), initialise(config, 2)];
    const network = new Lxmert(config, first);
    expect(await network.snapshot()).toEqual(first);
    network.load(second);
    expect(await network.snapshot()).toEqual(second);
    network.dispose();
  });

  it("are refused whole, with the tensor named, when one does not fit", async () => {
    const config = lxmertConfig(TINY);
    const weights = initialise(config, 1);
    const network = new Lxmert(config, weights);
    const changed = (change: (copy: Map<string, { shape: readonly number[]; values: Float32Array }>) => void) => {
      const copy = new Map(initialise(config, 2));
      change(copy);
      return () => network.load(copy);
    };
    expect(changed((copy) => copy.delete("logit_fc.3.bias"))).toThrow("weights: missing logit_fc.3.bias");
    expect(changed((copy) => copy.set("logit_fc.9.bias", copy.get("logit_fc.3.bias")!))).toThrow(
      "weights: not part of this model: logit_fc.9.bias",
    );
    const misnamed = changed((copy) => {
      copy.set("logit_fc.3.bais", copy.get("logit_fc.3.bias")!);
      copy.delete("logit_fc.3.bias");
    });
    expect(misnamed).toThrow("weights: missing logit_fc.3.bias; not part of this model: logit_fc.3.bais");
    expect(changed((copy) => copy.set("logit_fc.3.bias", { shape: [7], values: new Float32Array(7) }))).toThrow(
      "weights: logit_fc.3.bias is [7], expected [6]",
    );
    expect(changed((copy) => (copy.get("logit_fc.3.bias")!.values[4] = NaN))).toThrow(
      "weights: logit_fc.3.bias holds NaN at index 4",
    );
    expect(await network.snapshot()).toEqual(weights);
    network.dispose();
  });

  it("start the same whatever else the model holds", () => {
    const small = initialise(lxmertConfig(TINY), 3);
    const large = initialise(lxmertConfig({ ...TINY, layers: { language: 3, object: 2, cross: 2 } }), 3);
    for (const [name, tensor] of small) expect(large.get(name)).toEqual(tensor);
  });
});

describe("input that does not fit", () => {
  const config = lxmertConfig(TINY);
  const good = arrays(config, 4);
  it.each([
    [{ tokens: Int32Array.of(2, 5, 20, 3, 2, 7, 3, 0) }, "input: tokens[2] is 20, outside the 20 vocabulary"],
    [{ tokens: Int32Array.of(2, 5) }, "input: tokens holds 2 values, expected 8"],
    [{ textMask: new Float32Array(7) }, "input: textMask holds 7 values, expected 8"],
    [{ tokenLength: 11 }, "input: texts of 11 tokens, expected 1 to 10 (config.positions)"],
    [{ tokenTypes: new Int32Array(8).fill(2) }, "input: tokenTypes[0] is 2, outside the 2 token types"],
    [{ regions: 0 }, "input: 0 regions an image, expected 1 to 100"],
    [{ regions: 300 }, "input: 300 regions an image, expected 1 to 100"],
    [{ features: null }, "input: no features or boxes, and the model is not language-only"],
    [{ features: new Float32Array(1) }, "input: features holds 1 values, expected 30"],
    [{ visualMask: new Float32Array(5) }, "input: visualMask holds 5 values, expected 6"],
    [{ batch: 0 }, "input: batch is 0, expected at least one question"],
  ])("%o is refused", (change, message) => {
    const before = tf.memory().numTensors;
    expect(() => lxmertInput(config, { ...good, ...change })).toThrow(message);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("a config that cannot be", () => {
  it.each([
    [{ heads: 5 }, "config: hidden 768 is not a multiple of heads 5"],
    [{ layers: { cross: -1 } }, "config: layers.cross is -1, expected a whole number of at least 0"],
    [{ answers: 0 }, "config: answers is 0, expected a whole number of at least 1"],
    [{ dropout: 1 }, "config: dropout is 1, expected a number from 0 up to, not including, 1"],
  ])("%o is refused", (differences, message) => {
    expect(() => lxmertConfig(differences)).toThrow(message);
  });
});
