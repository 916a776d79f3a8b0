import { describe, expect, it } from "vitest";
import { lxmertConfig } from "./config.ts";
import { initialise } from "./initialise.ts";
import { startFromBert, startFromLxmert, startFromLxmertQa } from "./start.ts";
import type { Weights, WeightTensor } from "./weights.ts";

const config = lxmertConfig({
  hidden: 4,
  heads: 2,
  intermediate: 6,
  layers: { language: 1, object: 1, cross: 1 },
  vocabulary: 9,
  positions: 5,
  featureWidth: 3,
  answers: 4,
});
const BERT = "lxrt_encoder.model.bert";

function constant(shape: readonly number[], value: number): WeightTensor {
  return { shape, values: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value) };
}

/** A pretrained LXMERT whose answer head knows three answers, row r of its last layer holding r + 1. */
function pretrained(): Map<string, WeightTensor> {
  const checkpoint = new Map<string, WeightTensor>();
  for (const [name, tensor] of initialise(config, 7)) {
    if (name.startsWith(BERT)) checkpoint.set(name.replace(BERT, "bert"), tensor);
    else checkpoint.set(`answer_head.${name}`, tensor);
  }
  const rows = Float32Array.from({ length: 24 }, (_, i) => 1 + Math.floor(i / 8));
  checkpoint.set("answer_head.logit_fc.3.weight", { shape: [3, 8], values: rows });
  checkpoint.set("answer_head.logit_fc.3.bias", { shape: [3], values: Float32Array.of(1, 2, 3) });
  checkpoint.set("cls.predictions.bias", constant([9], 0));
  return checkpoint;
}

function tensor(weights: Weights, name: string): WeightTensor {
  const found = weights.get(name);
  if (found === undefined) throw new Error(name);
  return found;
}

describe("a start from BERT", () => {
  it("takes what fits under its own names and leaves the rest at random", () => {
    const archive = new Map([
      ["bert.embeddings.LayerNorm.gamma", constant([4], 3)],
      ["bert.embeddings.LayerNorm.beta", constant([4], 5)],
      ["bert.encoder.layer.1.output.dense.bias", constant([4], 1)],
      ["cls.predictions.bias", constant([9], 1)],
    ]);
    const { weights, loaded, unused } = startFromBert(config, archive, 2);
    expect(loaded).toEqual([`${BERT}.embeddings.LayerNorm.weight`, `${BERT}.embeddings.LayerNorm.bias`]);
    expect(unused).toEqual(["bert.encoder.layer.1.output.dense.bias", "cls.predictions.bias"]);
    expect(tensor(weights, `${BERT}.embeddings.LayerNorm.weight`).values[0]).toBe(3);
    expect(tensor(weights, "logit_fc.0.weight")).toEqual(tensor(initialise(config, 2), "logit_fc.0.weight"));
  });

  it("is refused when a shape differs or nothing fits", () => {
    const wide = new Map([["bert.embeddings.LayerNorm.gamma", constant([8], 3)]]);
    expect(() => startFromBert(config, wide, 1)).toThrow(
      "checkpoint: bert.embeddings.LayerNorm.weight is [8], expected [4]",
    );
    expect(() => startFromBert(config, new Map(), 1)).toThrow("checkpoint: no tensor of a model with 4 hidden units");
  });
});

describe("a start from LXMERT", () => {
  it("takes the encoders and leaves the answer head at random", () => {
    const checkpoint = pretrained();
    const { weights, unused } = startFromLxmert(config, checkpoint, 2);
    for (const [name, expected] of initialise(config, 7))
      if (name.startsWith(BERT)) expect(tensor(weights, name)).toEqual(expected);
    expect(tensor(weights, "logit_fc.3.weight")).toEqual(tensor(initialise(config, 2), "logit_fc.3.weight"));
    expect(unused).toContain("cls.predictions.bias");
  });

  it("is refused when a tensor of the encoders is missing", () => {
    const checkpoint = pretrained();
    checkpoint.delete("bert.pooler.dense.bias");
    expect(() => startFromLxmert(config, checkpoint, 2)).toThrow("checkpoint: no bert.pooler.dense.bias");
  });
});

describe("a start from LXMERT with its answer head", () => {
  const answers = ["The two.", "a dog", "zebra", "red"];
  const known = ["red", "2", "dog"];

  it("moves each known answer's row to its place, and zeroes the rest", () => {
    const { weights, answerRows, unused } = startFromLxmertQa(config, pretrained(), 2, answers, known);
    expect(answerRows).toEqual([1, 2, null, 0]);
    expect([...tensor(weights, "logit_fc.3.bias").values]).toEqual([2, 3, 0, 1]);
    const rows = tensor(weights, "logit_fc.3.weight").values;
    expect([0, 8, 16, 24].map((i) => rows[i])).toEqual([2, 3, 0, 1]);
    expect(tensor(weights, "logit_fc.0.weight")).toEqual(tensor(initialise(config, 7), "logit_fc.0.weight"));
    expect(unused).toEqual(["cls.predictions.bias"]);
  });

  it("is refused when the answers do not fit", () => {
    expect(() => startFromLxmertQa(config, pretrained(), 2, ["red"], known)).toThrow(
      "answers: 1 texts for 4 answers (config.answers)",
    );
    expect(() => startFromLxmertQa(config, pretrained(), 2, answers, ["red"])).toThrow(
      "checkpoint: answer_head.logit_fc.3.weight is [3, 8], expected [1, 8]",
    );
  });
});
