import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bceWithLogits, randomStream, tf } from "@ticketbench/backend";
import { openEngine } from "@ticketbench/backend/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { initialise } from "../initialise.ts";
import { Lxmert } from "../lxmert.ts";
import { deadParameters } from "../parameters.ts";
import { writeSafetensors } from "../safetensors-file.ts";
import { gradientsOf } from "../training.ts";
import type { WeightTensor } from "../weights.ts";
import { checkableFiles, checkFile } from "./checks.ts";
import { NO_SAVINGS, oracleArrays, oracleConfig, take, withInput } from "./oracle.ts";

/** None of them a size of the carried fixtures. */
const SIZES = {
  vocab_size: 31,
  hidden_size: 20,
  num_attention_heads: 5,
  intermediate_size: 28,
  hidden_act: "gelu",
  hidden_dropout_prob: 0,
  max_position_embeddings: 9,
  type_vocab_size: 3,
  initializer_range: 0.3,
  l_layers: 1,
  r_layers: 2,
  x_layers: 3,
  visual_feat_dim: 7,
  num_answers: 8,
};
const [BATCH, LENGTH, REGIONS] = [3, 6, 4];

function inputs(): Map<string, WeightTensor> {
  const stream = randomStream(11, "another oracle");
  const tensor = (shape: number[], next: () => number): WeightTensor => ({
    shape,
    values: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, next),
  });
  return new Map([
    ["in.input_ids", tensor([BATCH, LENGTH], () => 1 + stream.integer(SIZES.vocab_size - 1))],
    ["in.segment_ids", tensor([BATCH, LENGTH], () => stream.integer(SIZES.type_vocab_size))],
    ["in.attention_mask", tensor([BATCH, LENGTH], () => 1)],
    ["in.feats", tensor([BATCH, REGIONS, SIZES.visual_feat_dim], () => stream.uniform())],
    ["in.boxes", tensor([BATCH, REGIONS, 4], () => stream.uniform())],
    ["in.target", tensor([BATCH, SIZES.num_answers], () => stream.uniform())],
  ]);
}

/** What the cpu engine computes, laid out as the original's values are. */
async function writeDirectory(folder: string): Promise<void> {
  for (const name of ["forward", "train", "weights"]) await mkdir(join(folder, name));
  for (const name of ["config.json", "config_train.json"]) await writeFile(join(folder, name), JSON.stringify(SIZES));
  const config = await oracleConfig(folder, "config.json", NO_SAVINGS);
  const weights = initialise(config, 5);
  await writeSafetensors(join(folder, "weights/vqa.safetensors"), weights);
  const tensors = inputs();
  const model = new Lxmert(config, weights);
  const expected = new Map(tensors);
  await withInput(model, oracleArrays(tensors), async (input) => {
    const { pooled, logits, language, vision } = model.forward(input, null);
    const outputs = { pooled_output: pooled, logits, "encoder.lang": language, "encoder.visn": vision };
    for (const [name, output] of Object.entries(outputs)) {
      const shape = (output as tf.Tensor).shape;
      expected.set(`f32.${name}`, { shape, values: await take(output as tf.Tensor) });
    }
  });
  await writeSafetensors(join(folder, "forward/all.safetensors"), expected);
  await writeTraining(folder, model, tensors);
  model.dispose();
}

async function writeTraining(folder: string, model: Lxmert, tensors: Map<string, WeightTensor>): Promise<void> {
  const targets = tensors.get("in.target") as WeightTensor;
  const expected = new Map(tensors);
  await withInput(model, oracleArrays(tensors), async (input) => {
    const { loss, gradients } = gradientsOf(model.parameters, () =>
      bceWithLogits(model.forward(input, null).logits, tf.tensor2d(targets.values, [BATCH, SIZES.num_answers])),
    );
    for (const [name, gradient] of gradients)
      expected.set(`f32.grad.${name}`, { shape: gradient.shape, values: await take(gradient) });
    loss.dispose();
  });
  await writeSafetensors(join(folder, "train/one.safetensors"), expected);
  const settings = { lr: 0.01, warmup: 0.1, t_total: -1, b1: 0.9, b2: 0.999, eps: 1e-6, weight_decay: 0.01 };
  const dead = deadParameters(model.config);
  const json = { ...settings, clip_max_norm: 5, steps: 0, lr_used_at_step: [], params_without_gradient: dead };
  await writeFile(join(folder, "train/one.json"), JSON.stringify(json));
}

describe("a directory of other sizes, seeds and vocabulary", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "parity-sizes-"));
    await openEngine("cpu");
    await writeDirectory(folder);
    await openEngine("wasm");
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("is read by its own config", async () => {
    const files = await checkableFiles(folder);
    expect(files).toEqual(["forward/all.safetensors", "train/one.safetensors"]);
    for (const file of files) {
      const { comparisons, failures } = await checkFile(folder, file);
      expect(failures).toEqual([]);
      expect(comparisons).toBeGreaterThan(5);
    }
  });

  it("fails when its config is another's", async () => {
    const path = join(folder, "config.json");
    const whole = await readFile(path, "utf8");
    await writeFile(path, JSON.stringify({ ...SIZES, num_attention_heads: 4 }));
    expect((await checkFile(folder, "forward/all.safetensors")).failures.length).toBeGreaterThan(0);
    await writeFile(path, JSON.stringify({ ...SIZES, intermediate_size: 24 }));
    await expect(checkFile(folder, "forward/all.safetensors")).rejects.toThrow("expected [24, 20]");
    await writeFile(path, JSON.stringify({ ...SIZES, hidden_act: "swish" }));
    await expect(checkFile(folder, "forward/all.safetensors")).rejects.toThrow("hidden_act is swish");
    await writeFile(path, whole);
  });
});
