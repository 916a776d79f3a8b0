import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { disposeInput, type LxmertArrays, type LxmertInput, lxmertInput } from "../input.ts";
import { type LxmertConfig, lxmertConfig, type Savings } from "../config.ts";
import { tf } from "@ticketbench/backend";
import { ModelError } from "../error.ts";
import type { Lxmert } from "../lxmert.ts";
import { readSafetensors } from "../safetensors-file.ts";
import type { Weights, WeightTensor } from "../weights.ts";

/** One comparison with the original: the largest error found and what is allowed. */
export interface Finding {
  readonly what: string;
  readonly error: number;
  readonly tolerance: number;
}

/** Absolute tolerance of a float32 port on activations and logits. */
export const ACTIVATION_TOLERANCE = 2e-5;

/** Where a row attends to nothing, every score carries -10000 and float32 keeps three decimals of it. */
export const MASKED_ROW_TOLERANCE = 5e-3;

/** Reads a size file of the fixtures: the original's own names for sizes. */
export async function oracleConfig(directory: string, file: string, savings: Partial<Savings>): Promise<LxmertConfig> {
  const sizes = await oracleJson<Record<string, number | string>>(directory, file);
  const activation = sizes["hidden_act"] ?? "gelu";
  if (activation !== "gelu")
    throw new ModelError(`${file}: hidden_act is ${activation}, and LXMERT's checkpoints have gelu alone`);
  const size = (name: string): number => {
    const value = sizes[name];
    if (typeof value !== "number") throw new Error(`${file}: no number ${name}`);
    return value;
  };
  return lxmertConfig({
    hidden: size("hidden_size"),
    heads: size("num_attention_heads"),
    intermediate: size("intermediate_size"),
    layers: { language: size("l_layers"), object: size("r_layers"), cross: size("x_layers") },
    vocabulary: size("vocab_size"),
    positions: size("max_position_embeddings"),
    tokenTypes: size("type_vocab_size"),
    featureWidth: size("visual_feat_dim"),
    answers: size("num_answers"),
    dropout: size("hidden_dropout_prob"),
    initialDeviation: size("initializer_range"),
    savings,
  });
}

/** Everything computed, as the original does. */
export const NO_SAVINGS: Savings = { deadVision: false, classTokenOnly: false };

/** A JSON file of the fixtures, taken to be of that type. */
export async function oracleJson<T>(directory: string, file: string): Promise<T> {
  return JSON.parse(await readFile(join(directory, file), "utf8")) as T;
}

/** All tensors of a fixture, whatever their dtype, as 32-bit floats. */
export async function oracleTensors(directory: string, file: string): Promise<Weights> {
  return await readSafetensors(join(directory, file));
}

/** A tensor that a fixture must hold. @throws Error naming it when it does not */
export function tensorOf(tensors: Weights, name: string): WeightTensor {
  const tensor = tensors.get(name);
  if (tensor === undefined) throw new Error(`the fixture holds no tensor ${name}`);
  return tensor;
}

/** The expected values of a quantity: float64 results where the fixture has them, float32 otherwise. */
export function expectedOf(tensors: Weights, name: string): WeightTensor {
  return tensors.get(`f64.${name}`) ?? tensorOf(tensors, `f32.${name}`);
}

/** Names of quantities under a prefix (`grad.`, `after5.`, ...), whichever precision they come in. */
export function expectedNames(tensors: Weights, prefix = ""): readonly string[] {
  const names = [...tensors.keys()].filter((name) => /^f(32|64)\./.test(name)).map((name) => name.slice(4));
  return [...new Set(names)].filter((name) => name.startsWith(prefix));
}

/** The inputs of a fixture as a batch. */
export function oracleArrays(tensors: Weights, names = { features: "feats", boxes: "boxes" }): LxmertArrays {
  const ids = tensorOf(tensors, "in.input_ids");
  const features = tensorOf(tensors, `in.${names.features}`);
  const visualMask = tensors.get("in.visual_attention_mask");
  return {
    batch: ids.shape[0] as number,
    tokenLength: ids.shape[1] as number,
    tokens: Int32Array.from(ids.values),
    tokenTypes: Int32Array.from(tensorOf(tensors, "in.segment_ids").values),
    textMask: tensorOf(tensors, "in.attention_mask").values,
    regions: features.shape[1] as number,
    features: features.values,
    boxes: tensorOf(tensors, `in.${names.boxes}`).values,
    ...(visualMask === undefined ? {} : { visualMask: visualMask.values }),
  };
}

/** Puts a batch on the engine for as long as `use` runs. */
export async function withInput<T>(
  model: Lxmert,
  arrays: LxmertArrays,
  use: (input: LxmertInput) => T | Promise<T>,
): Promise<T> {
  const input = lxmertInput(model.config, arrays);
  try {
    return await use(input);
  } finally {
    disposeInput(input);
  }
}

/** Reads a tensor and disposes of it, also when the scope in which it was made has ended meanwhile. */
export async function take(tensor: tf.Tensor): Promise<Float32Array> {
  const values = new Float32Array(await tf.keep(tensor).data<"float32">());
  tensor.dispose();
  return values;
}

/** Largest absolute difference; NaN or another length counts as infinite. */
export function largestError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  let largest = 0;
  for (let i = 0; i < actual.length; i++) {
    const error = Math.abs((actual[i] as number) - (expected[i] as number));
    if (!(error <= largest)) largest = Number.isNaN(error) ? Infinity : error;
  }
  return largest;
}

/** Largest absolute value. */
export function largestMagnitude(values: ArrayLike<number>): number {
  return largestError(values, new Float32Array(values.length));
}

/** 0 when two things are the same and 1 when not; exact by nature. */
export function same(what: string, actual: unknown, expected: unknown): Finding {
  return { what, error: JSON.stringify(actual) === JSON.stringify(expected) ? 0 : 1, tolerance: 0 };
}
