import { tf } from "@ticketbench/backend";
import { readCheckpoint } from "../checkpoint.ts";
import { disposeInput, lxmertInput } from "../input.ts";
import { LxmertPretraining, pretrainingShapes, totalLoss } from "../lxmert-pretraining.ts";
import { TASKS, type Task } from "../pretraining-labels.ts";
import { evaluatePretraining, type PretrainingArrays } from "../pretraining.ts";
import { scoped } from "../scope.ts";
import { gradientsOf } from "../training.ts";
import type { Weights } from "../weights.ts";
import { join } from "node:path";
import {
  expectedNames,
  expectedOf,
  type Finding,
  largestError,
  NO_SAVINGS,
  oracleArrays,
  oracleConfig,
  oracleJson,
  oracleTensors,
  same,
  take,
  tensorOf,
} from "./oracle.ts";
import { gradientTolerance } from "./training.ts";

/** The original's names of the losses. */
const LOSS_NAMES: Readonly<Record<string, Task>> = {
  Mask_LM: "words",
  Matched: "matching",
  Obj: "objects",
  Attr: "attributes",
  Feat: "features",
  QA: "answers",
};

const SCORE_TOLERANCE = 5e-5;

async function openModel(directory: string): Promise<LxmertPretraining> {
  const sizes = await oracleJson<Record<string, number>>(directory, "config.json");
  const network = await oracleConfig(directory, "config.json", NO_SAVINGS);
  const config = {
    network: { ...network, answers: sizes.num_pretrain_answers as number },
    objects: sizes.num_object_classes as number,
    attributes: sizes.num_attribute_classes as number,
  };
  return new LxmertPretraining(config, await readCheckpoint(join(directory, "weights/model_LXRT.safetensors")));
}

function batchOf(tensors: Weights): PretrainingArrays {
  const floats = (name: string): Float32Array => tensorOf(tensors, `in.${name}`).values;
  const whole = (name: string): Int32Array => Int32Array.from(floats(name));
  return {
    input: oracleArrays(tensors, { features: "feats", boxes: "pos" }),
    labels: {
      words: whole("masked_lm_labels"),
      matching: whole("matched_label"),
      objects: whole("obj_label"),
      attributes: whole("attr_label"),
      confidences: { objects: floats("obj_conf"), attributes: floats("attr_conf") },
      features: floats("feat_label"),
      maskedRegions: floats("feat_mask"),
      answers: whole("ans"),
    },
  };
}

/** Losses of the tasks that are on, scores of every head and, where the fixture has them, gradients. */
export async function checkPretraining(directory: string, file: string): Promise<readonly Finding[]> {
  const tensors = await oracleTensors(directory, file);
  const { order_of_losses } = await oracleJson<{ order_of_losses: string[] }>(
    directory,
    file.replace(".safetensors", ".json"),
  );
  const tasks = new Set(order_of_losses.map((name) => LOSS_NAMES[name] as Task));
  const model = await openModel(directory);
  const batch = batchOf(tensors);
  const losses = await evaluatePretraining(model, batch, tasks);
  const expected = expectedOf(tensors, "losses").values;
  const findings: Finding[] = order_of_losses.map((name, i) => ({
    what: name,
    error: Math.abs((losses[LOSS_NAMES[name] as Task] ?? NaN) / (expected[i] as number) - 1),
    tolerance: 1e-5,
  }));
  findings.push(...(await checkScores(model, batch, tensors, tasks)));
  findings.push(...(await checkGradients(model, batch, tensors, tasks)));
  model.dispose();
  return findings;
}

async function checkScores(
  model: LxmertPretraining,
  batch: PretrainingArrays,
  tensors: Weights,
  tasks: ReadonlySet<Task>,
): Promise<readonly Finding[]> {
  const seen = new Map<string, tf.Tensor>();
  const input = lxmertInput(model.config.network, batch.input);
  const scores = scoped(() => {
    const total = totalLoss(
      model.losses(input, batch.labels, tasks, null, (module, output) => seen.set(module, output)),
    );
    disposeInput(input);
    const output = (module: string): tf.Tensor2D => seen.get(module) as tf.Tensor2D;
    const language = output(`lxrt_encoder.model.bert.encoder.x_layers.${model.config.network.layers.cross - 1}.lang`);
    seen.set("cls.prediction_scores", model.wordScores(language));
    seen.set("cls.seq_relationship_score", model.matchScores(output("lxrt_encoder.model.bert.pooler")));
    seen.set("answer_head", output("logit_fc.3")).set("total_loss", total as tf.Tensor);
    return [...seen]
      .filter(([name]) => tensors.has(`f32.${name}`))
      .map(async ([name, tensor]): Promise<Finding> => {
        const expected = expectedOf(tensors, name).values;
        const tolerance = name === "total_loss" ? 1e-5 * (expected[0] as number) : SCORE_TOLERANCE;
        return { what: name, error: largestError(await take(tensor), expected), tolerance };
      });
  });
  return await Promise.all(scores);
}

async function checkGradients(
  model: LxmertPretraining,
  batch: PretrainingArrays,
  tensors: Weights,
  tasks: ReadonlySet<Task>,
): Promise<readonly Finding[]> {
  const names = expectedNames(tensors, "grad.");
  if (names.length === 0) return [];
  const input = lxmertInput(model.config.network, batch.input);
  const { loss, gradients } = gradientsOf(
    model.parameters,
    () => totalLoss(model.losses(input, batch.labels, tasks, null)) as tf.Scalar,
  );
  const findings: Finding[] = [];
  for (const name of names) {
    const expected = expectedOf(tensors, name).values;
    const actual = (await gradients.get(name.slice("grad.".length))?.data()) ?? [];
    findings.push({ what: name, error: largestError(actual, expected), tolerance: gradientTolerance(name, expected) });
  }
  tf.dispose([loss, ...gradients.values()]);
  disposeInput(input);
  return findings;
}

/** Where the original's mean over nothing is NaN, the task has no loss. */
export async function checkNothingLabelled(directory: string, file: string): Promise<readonly Finding[]> {
  const { is_nan } = await oracleJson<{ is_nan: boolean[] }>(directory, file);
  const model = await openModel(directory);
  const { input, labels } = batchOf(await oracleTensors(directory, "pretrain/all_tasks.safetensors"));
  const nothing = { ...labels, words: labels.words.map(() => -1), answers: labels.answers.map(() => -1) };
  const losses = await evaluatePretraining(model, { input, labels: nothing }, new Set(TASKS));
  model.dispose();
  const absent = Object.values(LOSS_NAMES).map((task) => losses[task] === null);
  return [same("losses without a label", absent, is_nan)];
}

/** The order of all parameters. */
export async function pretrainingNames(directory: string, expected: readonly string[]): Promise<Finding> {
  const model = await openModel(directory);
  const names = [...pretrainingShapes(model.config).keys()];
  model.dispose();
  return same("pretraining's parameters in order", names, expected);
}
