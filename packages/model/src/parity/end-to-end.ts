import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { tf } from "@ticketbench/backend";
import type { LxmertConfig } from "../config.ts";
import { disposeInput, lxmertInput } from "../input.ts";
import { Lxmert } from "../lxmert.ts";
import { bertAdam, Optimiser } from "../optimiser.ts";
import { Tokenizer } from "../tokenizer.ts";
import { answerLogits, bestAnswers, trainStep, type VqaBatch } from "../training.ts";
import { readVocabulary } from "../vocabulary-file.ts";
import type { Weights } from "../weights.ts";
import {
  expectedNames,
  expectedOf,
  type Finding,
  largestError,
  oracleConfig,
  oracleJson,
  oracleTensors,
  same,
  tensorOf,
} from "./oracle.ts";

interface Question {
  readonly question_id: number;
  readonly img_id: string;
  readonly sent: string;
  readonly label?: Readonly<Record<string, number>>;
}

interface Regions {
  readonly count: number;
  readonly boxes: Float32Array;
  readonly features: Float32Array;
}

interface Expected {
  readonly t_total: number;
  readonly base_lr: number;
  readonly batches: readonly (readonly (readonly number[])[])[];
  readonly minival_question_order: readonly number[];
  readonly test_question_order: readonly number[];
  readonly valid_score_before: number;
  readonly valid_score_after: number;
  readonly log: string;
  readonly f64: { readonly loss: readonly number[]; readonly grad_norm: readonly number[] };
  readonly lr: readonly number[];
}

/** A tiny data tree as the original's VQA class reads it. */
interface Data {
  readonly config: LxmertConfig;
  readonly tokenizer: Tokenizer;
  readonly tokenLimit: number;
  readonly questions: ReadonlyMap<number, Question>;
  readonly images: ReadonlyMap<string, Regions>;
  readonly labels: Readonly<Record<string, number>>;
  readonly answers: readonly string[];
}

/** The original's VQA class from data files to scores: evaluate, train three epochs, evaluate again. */
export async function checkEndToEnd(directory: string, file: string): Promise<readonly Finding[]> {
  const expected = await oracleJson<Expected>(directory, file);
  const tensors = await oracleTensors(directory, file.replace(".json", ".safetensors"));
  const data = await readData(directory);
  const model = new Lxmert(data.config, await oracleTensors(directory, "weights/vqa.safetensors"));
  const minival = expected.minival_question_order;
  const findings = [
    ...(await evaluate(model, data, minival, tensors, "minival_logits_before", expected.valid_score_before)),
    ...(await evaluate(model, data, expected.test_question_order, tensors, "test_logits_before", null)),
    ...(await train(model, data, expected)),
    ...compareFinal(await model.snapshot(), tensors),
    ...(await evaluate(model, data, minival, tensors, "minival_logits_after", expected.valid_score_after)),
  ];
  model.dispose();
  return findings;
}

async function readData(directory: string): Promise<Data> {
  const folder = join(directory, "e2e/data");
  const config = await oracleConfig(directory, "config_train.json", {});
  const questions = new Map<number, Question>();
  for (const split of ["train", "nominival", "minival", "test"])
    for (const question of await oracleJson<Question[]>(folder, `vqa/${split}.json`))
      questions.set(question.question_id, question);
  const images = new Map<string, Regions>();
  for (const file of await readdir(join(folder, "mscoco_imgfeat"))) {
    const text = await readFile(join(folder, "mscoco_imgfeat", file), "utf8");
    for (const line of text.split("\n")) if (line !== "") images.set(...parseImage(line.trimEnd()));
  }
  const sizes = await oracleJson<{ max_seq_length: number }>(directory, "config_train.json");
  return {
    config,
    tokenLimit: sizes.max_seq_length,
    tokenizer: new Tokenizer(await readVocabulary(join(directory, "vocab_tiny.txt"))),
    questions,
    images,
    labels: await oracleJson(folder, "vqa/trainval_ans2label.json"),
    answers: await oracleJson(folder, "vqa/trainval_label2ans.json"),
  };
}

/** One row of a feature file; boxes as shares of width and height. */
function parseImage(line: string): [string, Regions] {
  const fields = line.split("\t");
  const floats = (field: number): Float32Array => {
    const bytes = Buffer.from(fields[field] as string, "base64");
    return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  };
  const [height, width] = [Number(fields[1]), Number(fields[2])];
  const boxes = floats(8).map((edge, i) => edge / (i % 2 === 0 ? width : height));
  return [fields[0] as string, { count: Number(fields[7]), boxes, features: floats(9) }];
}

function makeBatch(data: Data, ids: readonly number[]): VqaBatch {
  const questions = ids.map((id) => data.questions.get(id) as Question);
  const images = questions.map(({ img_id }) => data.images.get(img_id) as Regions);
  const concatenated = (part: "features" | "boxes"): Float32Array =>
    Float32Array.from(images.flatMap((image) => [...image[part]]));
  const text = data.tokenizer.encodeBatch(
    questions.map(({ sent }) => sent),
    { limit: data.tokenLimit, padTo: "longest" },
  );
  const input = lxmertInput(data.config, {
    ...text,
    regions: images[0]?.count ?? 0,
    features: concatenated("features"),
    boxes: concatenated("boxes"),
  });
  const targets = tf.buffer([ids.length, data.config.answers]);
  for (const [row, { label }] of questions.entries())
    for (const [answer, score] of Object.entries(label ?? {}))
      if (data.labels[answer] !== undefined) targets.set(score, row, data.labels[answer]);
  return { ...input, targets: targets.toTensor() as tf.Tensor2D };
}

function scoreOf(data: Data, ids: readonly number[], labels: Int32Array): number {
  const scores = ids.map((id, i) => data.questions.get(id)?.label?.[data.answers[labels[i] as number] as string] ?? 0);
  return scores.reduce((sum, score) => sum + score, 0);
}

async function evaluate(
  model: Lxmert,
  data: Data,
  ids: readonly number[],
  tensors: Weights,
  name: string,
  score: number | null,
): Promise<Finding[]> {
  const batch = makeBatch(data, ids);
  const logits = await answerLogits(model, batch);
  disposeInput(batch);
  const expected = expectedOf(tensors, name).values;
  const answers = bestAnswers(logits, ids.length);
  const findings = [
    // After training the tolerance is that of the parameters.
    { what: name, error: largestError(logits, expected), tolerance: name.endsWith("after") ? 1e-3 : 2e-5 },
    same(`${name}: answers`, [...answers], [...bestAnswers(expected, ids.length)]),
  ];
  if (score !== null) {
    const error = Math.abs(scoreOf(data, ids, answers) / ids.length - score);
    findings.push({ what: `${name}: score`, error, tolerance: 1e-9 });
  }
  return findings;
}

async function train(model: Lxmert, data: Data, expected: Expected): Promise<Finding[]> {
  const optimiser = new Optimiser(
    model.parameters,
    bertAdam({ learningRate: expected.base_lr, totalSteps: expected.t_total }),
  );
  const findings: Finding[] = [];
  let step = 0;
  for (const [epoch, batches] of expected.batches.entries()) {
    let credit = 0;
    for (const ids of batches) {
      const batch = makeBatch(data, ids);
      const { loss, gradientNorm, learningRate, answers } = await trainStep(model, optimiser, batch, null);
      disposeInput(batch);
      credit += scoreOf(data, ids, answers);
      const { loss: losses, grad_norm } = expected.f64;
      findings.push(
        { what: `loss ${step + 1}`, error: Math.abs(loss - (losses[step] as number)), tolerance: 1e-4 },
        { what: `norm ${step + 1}`, error: Math.abs(gradientNorm / (grad_norm[step] as number) - 1), tolerance: 1e-3 },
        { what: `rate ${step + 1}`, error: Math.abs(learningRate - (expected.lr[step] as number)), tolerance: 1e-12 },
      );
      step++;
    }
    const percent = ((100 * credit) / batches.flat().length).toFixed(2);
    findings.push(same(`log of epoch ${epoch}`, expected.log.includes(`Epoch ${epoch}: Train ${percent}`), true));
  }
  optimiser.dispose();
  return findings;
}

function compareFinal(actual: Weights, tensors: Weights): Finding[] {
  return expectedNames(tensors, "final.").map((name) => ({
    what: name,
    error: largestError(tensorOf(actual, name.slice("final.".length)).values, expectedOf(tensors, name).values),
    tolerance: 1e-4,
  }));
}
