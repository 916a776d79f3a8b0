import { normaliseAnswer } from "../answer-text.ts";
import { glob } from "node:fs/promises";
import { join } from "node:path";
import { readCheckpoint, singleGpuName } from "../checkpoint.ts";
import type { NativeTensor } from "../dtype.ts";
import { initialise } from "../initialise.ts";
import { Lxmert } from "../lxmert.ts";
import { parameterShapes } from "../parameters.ts";
import { readNativeSafetensors } from "../safetensors-file.ts";
import { startFromBert, startFromLxmert, startFromLxmertQa } from "../start.ts";
import { stateDict, withTorchFile } from "../torch-file.ts";
import { isTensor } from "../torch-pickle.ts";
import { answerLogits } from "../training.ts";
import type { Weights, WeightTensor } from "../weights.ts";
import { pretrainingNames } from "./pretraining.ts";
import {
  ACTIVATION_TOLERANCE,
  expectedOf,
  type Finding,
  largestError,
  NO_SAVINGS,
  oracleArrays,
  oracleConfig,
  oracleJson,
  oracleTensors,
  same,
  withInput,
} from "./oracle.ts";

function sameTensors(actual: Weights, expected: Weights): Finding[] {
  return [
    same("names", [...actual.keys()].sort(), [...expected.keys()].sort()),
    ...[...expected].map(([name, tensor]) => {
      const found = actual.get(name);
      const fits = found !== undefined && found.shape.join() === tensor.shape.join();
      return { what: name, error: fits ? largestError(found.values, tensor.values) : Infinity, tolerance: 0 };
    }),
  ];
}

/** Any PyTorch file of LXMERT weights against the same weights as safetensors. */
export async function checkCheckpoint(directory: string, file: string, reference: string): Promise<readonly Finding[]> {
  const expected = await readCheckpoint(join(directory, reference));
  return sameTensors(await readCheckpoint(join(directory, file)), expected);
}

/** BERT's archive, a legacy pickle, against the same weights beside it. */
export async function checkBertArchive(directory: string, file: string): Promise<readonly Finding[]> {
  return await checkCheckpoint(directory, file, file.replace(".bin", ".safetensors"));
}

/** Views, dtypes and special values, byte for byte. */
export async function checkStress(directory: string, file: string): Promise<readonly Finding[]> {
  const expected = await readNativeSafetensors(join(directory, "weights/stress_expected.safetensors"));
  return await withTorchFile(join(directory, file), async ({ root, read }) => {
    const tensors = stateDict(root, file);
    const findings = [same("names", [...tensors.keys()].sort(), [...expected.keys()].sort())];
    for (const [name, reference] of expected) {
      const tensor = tensors.get(name);
      const actual = tensor === undefined ? null : await read(tensor);
      findings.push(same(name, actual && described(actual), described(reference)));
    }
    return findings;
  });
}

function described({ dtype, shape, values }: NativeTensor): unknown {
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return { dtype, shape, bytes: bytes.toString("hex") };
}

/** A pickled object of every kind, against the same as JSON. */
export async function checkNested(directory: string, file: string): Promise<readonly Finding[]> {
  const expected = await oracleJson<Record<string, unknown>>(directory, "weights/nested_expected.json");
  return await withTorchFile(join(directory, file), async ({ root, read }) => {
    const plain = async (value: unknown): Promise<unknown> => {
      if (typeof value === "bigint") return String(value);
      if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
      if (isTensor(value)) {
        const { shape, values } = await read(value);
        return rows(shape, Array.from(values as ArrayLike<number | bigint>, Number));
      }
      if (value instanceof Map) {
        const entries = [...(value as Map<string, unknown>)];
        return Object.fromEntries(
          await Promise.all(entries.map(async ([key, inner]) => [key, await plain(inner)] as const)),
        );
      }
      if (value instanceof Set || Array.isArray(value)) return await Promise.all([...value].map(plain));
      return value;
    };
    const actual = (await plain(root)) as Record<string, unknown>;
    return Object.keys(expected).map((key) => same(key, actual[key.replace("_hex", "")], expected[key]));
  });
}

function rows(shape: readonly number[], values: readonly number[]): unknown {
  const [count, ...rest] = shape;
  if (count === undefined) return values[0];
  const width = values.length / count;
  return Array.from({ length: count }, (_, i) => rows(rest, values.slice(i * width, (i + 1) * width)));
}

/** The names and shapes of all parameters, in order. */
export async function checkNames(directory: string, file: string): Promise<readonly Finding[]> {
  const names = await oracleJson<{
    vqa: Record<string, number[]>;
    vqa_multigpu: string[];
    pretrain_parameters_order: string[];
  }>(directory, file);
  const config = await oracleConfig(directory, "config.json", {});
  const shapes = [...parameterShapes(config)].map(([name, { shape }]) => [name, shape]);
  return [
    same("names and shapes", shapes, Object.entries(names.vqa)),
    same(
      "names after several GPUs",
      names.vqa_multigpu.map(singleGpuName),
      shapes.map(([name]) => name),
    ),
    await pretrainingNames(directory, names.pretrain_parameters_order),
  ];
}

interface LoadingRoutes {
  readonly loadLXMERT: { readonly changed: string[]; readonly unchanged: string[] };
  readonly loadLXMERTQA: {
    readonly label2ans: string[];
    readonly pretrain_answers: string[];
    readonly source_row: (number | null)[];
  };
}

/** What `--loadLXMERT` and `--loadLXMERTQA` take from a checkpoint, and the answers given afterwards. */
export async function checkLoadingRoutes(directory: string, file: string): Promise<readonly Finding[]> {
  const { loadLXMERT, loadLXMERTQA } = await oracleJson<LoadingRoutes>(directory, file);
  const config = await oracleConfig(directory, "config.json", NO_SAVINGS);
  const checkpoint = await readCheckpoint(join(directory, "weights/model_LXRT.safetensors"));
  const plain = startFromLxmert(config, checkpoint, 1);
  const { label2ans, pretrain_answers, source_row } = loadLXMERTQA;
  const answering = startFromLxmertQa(config, checkpoint, 1, label2ans, pretrain_answers);
  const untouched = [...plain.weights.keys()].filter((name) => !plain.loaded.includes(name));
  return [
    same("--loadLXMERT changes", [...plain.loaded].sort(), [...loadLXMERT.changed].sort()),
    same("--loadLXMERT leaves", untouched.sort(), [...loadLXMERT.unchanged].sort()),
    same("--loadLXMERTQA rows", answering.answerRows, source_row),
    ...(await checkSurgery(directory, new Lxmert(config, answering.weights), answering.weights)),
  ];
}

async function checkSurgery(directory: string, model: Lxmert, weights: Weights): Promise<Finding[]> {
  const expected = await oracleTensors(directory, "weights/qa_surgery_expected.safetensors");
  const inputs = await oracleTensors(directory, "forward/vqa_sentences.safetensors");
  const logits = await withInput(model, oracleArrays(inputs), (input) => answerLogits(model, input));
  model.dispose();
  const heads = [...expected].filter(([name]) => name.startsWith("expected."));
  return [
    ...heads.map(([name, { values }]) => ({
      what: name,
      error: largestError((weights.get(name.replace("expected.", "")) as WeightTensor).values, values),
      tolerance: 0,
    })),
    {
      what: "logits",
      error: largestError(logits, expectedOf(expected, "logits_on_vqa_sentences").values),
      tolerance: ACTIVATION_TOLERANCE,
    },
  ];
}

interface FreshParameter {
  readonly name: string;
  readonly init: "normal(0,initializer_range)" | "zeros" | "ones";
}

interface InitRoutes {
  readonly loaded_from_bert: string[];
  readonly fresh: FreshParameter[];
  readonly bert_keys_not_used: string[];
  readonly from_scratch: FreshParameter[];
}

/** What comes from BERT, and how the rest starts. */
export async function checkInit(directory: string, file: string): Promise<readonly Finding[]> {
  const routes = await oracleJson<InitRoutes>(directory, file);
  const config = await oracleConfig(directory, "config.json", {});
  const archive = await readCheckpoint(join(directory, await bertArchive(directory)));
  const start = startFromBert(config, archive, 1);
  const scratch = initialise(config, 1);
  return [
    same("loaded from BERT", [...start.loaded].sort(), [...routes.loaded_from_bert].sort()),
    same("not used", [...start.unused].sort(), [...routes.bert_keys_not_used].sort()),
    ...routes.fresh.flatMap((parameter) => checkFresh(start.weights, parameter, config.initialDeviation)),
    ...routes.from_scratch.flatMap((parameter) => checkFresh(scratch, parameter, config.initialDeviation)),
  ];
}

async function bertArchive(directory: string): Promise<string> {
  for await (const file of glob("init/*/pytorch_model.bin", { cwd: directory })) return file;
  throw new Error("no init/*/pytorch_model.bin");
}

/** Zeros and ones exactly; a normal sample by mean and deviation, within five standard errors. */
function checkFresh(weights: Weights, { name, init }: FreshParameter, deviation: number): Finding[] {
  const { values } = weights.get(name) as WeightTensor;
  if (init !== "normal(0,initializer_range)") {
    const constant = init === "ones" ? 1 : 0;
    return [{ what: name, error: largestError(values, new Float32Array(values.length).fill(constant)), tolerance: 0 }];
  }
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const spread = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
  const standardError = deviation / Math.sqrt(values.length);
  return [
    { what: `${name} mean`, error: Math.abs(mean), tolerance: 5 * standardError },
    { what: `${name} deviation`, error: Math.abs(spread - deviation), tolerance: 5 * standardError },
  ];
}

/** Answer texts as pretraining's table spells them. */
export async function checkAnswerTexts(directory: string, file: string): Promise<readonly Finding[]> {
  const cases = await oracleJson<{ in: string; convert_ans: string }[]>(directory, file);
  return cases.map((example) => same(example.in, normaliseAnswer(example.in), example.convert_ans));
}
