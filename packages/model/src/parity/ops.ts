import {
  attention,
  bceWithLogits,
  crossEntropyRows,
  gelu,
  layerNorm,
  linear,
  readGlobalNorm,
  tf,
} from "@ticketbench/backend";
import { bertAdam, Optimiser } from "../optimiser.ts";
import { learningRateAt } from "../schedule.ts";
import { readSafetensorsHeader } from "../safetensors-file.ts";
import { scoped } from "../scope.ts";
import type { Weights } from "../weights.ts";
import { join } from "node:path";
import {
  expectedOf,
  type Finding,
  largestError,
  largestMagnitude,
  oracleConfig,
  oracleJson,
  oracleTensors,
  take,
  tensorOf,
} from "./oracle.ts";

/** Single operations with their gradients. */
export async function checkOperations(directory: string, file: string): Promise<readonly Finding[]> {
  const tensors = await oracleTensors(directory, file);
  const { heads } = await oracleConfig(directory, "config.json", {});
  const attentions = (): Promise<Finding>[] => attentionOf(tensors, heads);
  const checks = [gelus, layerNorms, attentions, losses].flatMap((check) => scoped(() => check(tensors)));
  return [...(await Promise.all<Finding | readonly Finding[]>(checks)).flat(), ...(await clipping(tensors))];
}

function input<R extends tf.Rank>(
  tensors: Weights,
  name: string,
  dtype: "float32" | "int32" = "float32",
): tf.Tensor<R> {
  const { shape, values } = tensorOf(tensors, `in.${name}`);
  return tf.tensor<R>(dtype === "int32" ? Int32Array.from(values) : values, shape as tf.ShapeMap[R], dtype);
}

async function compare(tensors: Weights, name: string, actual: tf.Tensor, tolerance: number): Promise<Finding> {
  return { what: name, error: largestError(await take(actual), expectedOf(tensors, name).values), tolerance };
}

function gelus(tensors: Weights): Promise<Finding>[] {
  const x = input<tf.Rank.R1>(tensors, "act_x");
  const relative = 1e-6 * largestMagnitude(tensorOf(tensors, "in.act_x").values);
  return [
    compare(tensors, "gelu", gelu(x), 2e-6 + relative),
    compare(tensors, "gelu_grad", tf.grad((value) => gelu(value))(x), 2e-6 + 1e-6),
  ];
}

function layerNorms(tensors: Weights): Promise<Finding | readonly Finding[]>[] {
  const names = ["ln_x", "ln_weight", "ln_bias"] as const;
  const [x, gain, bias] = names.map((name) => input(tensors, name)) as [tf.Tensor2D, tf.Tensor1D, tf.Tensor1D];
  const norm = (a: tf.Tensor, b: tf.Tensor, c: tf.Tensor): tf.Tensor => layerNorm(a as tf.Tensor2D, b, c);
  const [dx, dGain, dBias] = tf.grads(norm)([x, gain, bias], input(tensors, "ln_upstream")) as [
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
  ];
  return [
    compare(tensors, "ln_y", norm(x, gain, bias), 2e-5),
    compare(tensors, "ln_dweight", dGain, 2e-5),
    compare(tensors, "ln_dbias", dBias, 2e-5),
    compareRows(tensors, "ln_dx", dx),
  ];
}

/** Row by row: those that are constant or nearly so have a deviation of 1e-6, and gradients to match. */
async function compareRows(tensors: Weights, name: string, actual: tf.Tensor): Promise<readonly Finding[]> {
  const [rows, width] = actual.shape as [number, number];
  const both = [await take(actual), expectedOf(tensors, name).values] as const;
  return Array.from({ length: rows }, (_, row): Finding => {
    const part = (values: Float32Array): Float32Array => values.subarray(row * width, (row + 1) * width);
    const [a, e] = [part(both[0]), part(both[1])];
    return {
      what: `${name} row ${row}`,
      error: largestError(a, e),
      tolerance: 1e-5 * Math.max(1, largestMagnitude(e)),
    };
  });
}

function attentionOf(tensors: Weights, heads: number): Promise<Finding>[] {
  const query = input<tf.Rank.R3>(tensors, "att_query");
  const context = input<tf.Rank.R3>(tensors, "att_context");
  const [batch, , hidden] = query.shape;
  const project = (name: string, x: tf.Tensor): tf.Tensor2D =>
    linear(tf.reshape(x, [-1, hidden]), input(tensors, `att.${name}.weight`), input(tensors, `att.${name}.bias`));
  const mask = tf.mul(tf.sub(1, input<tf.Rank.R2>(tensors, "att_mask01")), -10000);
  const attended = attention(project("query", query), project("key", context), project("value", context), {
    batch,
    heads,
    mask,
    site: null,
  });
  return [compare(tensors, "att_out", attended, 2e-5)];
}

function losses(tensors: Weights): Promise<Finding>[] {
  const logits = input<tf.Rank.R2>(tensors, "bce_logits");
  const targets = input<tf.Rank.R2>(tensors, "bce_target");
  const answers = (x: tf.Tensor): tf.Scalar => bceWithLogits(x as tf.Tensor2D, targets);
  const classes = input<tf.Rank.R2>(tensors, "ce_logits");
  const labels = input<tf.Rank.R1>(tensors, "ce_labels", "int32");
  const rows = (x: tf.Tensor): tf.Tensor1D => crossEntropyRows(x as tf.Tensor2D, labels);
  return [
    relative(compare(tensors, "vqa_loss", answers(logits), 1e-5), tensors),
    compare(tensors, "vqa_loss_grad", tf.grad(answers)(logits), 1e-5),
    compare(tensors, "ce_none", rows(classes), 1e-5),
  ];
}

async function relative(pending: Promise<Finding>, tensors: Weights): Promise<Finding> {
  const finding = await pending;
  const scale = largestMagnitude(expectedOf(tensors, finding.what).values);
  return { ...finding, tolerance: finding.tolerance * scale };
}

async function clipping(tensors: Weights): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const name of ["clip_big", "clip_small"]) {
    const parts = [0, 1, 2].map((part) => input(tensors, `${name}.${part}`));
    const expected = expectedOf(tensors, `${name}.norm`).values[0] as number;
    const norm = await readGlobalNorm(parts);
    tf.dispose(parts);
    findings.push({ what: `${name}.norm`, error: Math.abs(norm / expected - 1), tolerance: 1e-5 });
  }
  return findings;
}

interface ScheduleCase {
  readonly schedule: "warmup_linear" | "warmup_constant";
  readonly t_total: number;
  readonly warmup: number;
  readonly lr: number;
  readonly lr_at_step: readonly number[];
}

/** The learning rate at every step. */
export async function checkSchedule(directory: string, file: string): Promise<readonly Finding[]> {
  const { cases } = await oracleJson<{ cases: ScheduleCase[] }>(directory, file);
  return cases.flatMap(({ schedule, t_total, warmup, lr, lr_at_step }) => {
    const decay = schedule === "warmup_linear" ? "linear" : "none";
    const settings = { learningRate: lr, warmup, totalSteps: t_total, decay } as const;
    return lr_at_step.map((rate, step) => ({
      what: `${schedule} ${t_total} ${warmup}, step ${step}`,
      error: Math.abs(learningRateAt(settings, step) - rate),
      tolerance: 1e-12 * rate,
    }));
  });
}

/** BertAdam alone on one matrix, without clipping. */
export async function checkBertAdam(directory: string, file: string): Promise<readonly Finding[]> {
  const tensors = await oracleTensors(directory, file);
  const { metadata } = await readSafetensorsHeader(join(directory, file));
  const setting = (name: string): number => Number(metadata.get(name));
  const parameter = tf.tidy(() => tf.variable(input(tensors, "w")));
  const optimiser = new Optimiser(
    new Map([["w", parameter]]),
    bertAdam({
      learningRate: setting("lr"),
      warmup: setting("warmup"),
      totalSteps: setting("t_total"),
      weightDecay: setting("weight_decay"),
      epsilon: setting("eps"),
      beta1: setting("b1"),
      beta2: setting("b2"),
      clipNorm: Infinity,
    }),
  );
  const findings: Finding[] = [];
  for (let step = 0; tensors.has(`in.grad${step}`); step++) {
    const gradient = input(tensors, `grad${step}`);
    await optimiser.step(new Map([["w", gradient]]));
    findings.push(await compare(tensors, `w_after${step + 1}`, parameter.clone(), 2e-6));
  }
  const state = await optimiser.snapshot();
  for (const [moment, name] of [
    ["m", "first.w"],
    ["v", "second.w"],
  ] as const) {
    const expected = expectedOf(tensors, moment).values;
    const error = largestError(tensorOf(state, name).values, expected);
    // TensorFlow's own Adam takes beta as float32, which puts 1 - 0.999 off by 1.3e-5 of itself.
    findings.push({ what: moment, error, tolerance: 2e-6 + 2e-5 * largestMagnitude(expected) });
  }
  optimiser.dispose();
  parameter.dispose();
  return findings;
}
