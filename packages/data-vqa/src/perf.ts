import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BatchLoader } from "./batches.ts";
import { generateMiniVqa } from "./mini/generate.ts";
import { RandomStream } from "./mini/random.ts";
import { evaluateOfficial, groundTruth } from "./official/evaluate.ts";
import type { Question } from "./question.ts";
import { convertRegions } from "./regions/convert.ts";
import { RegionStore } from "./regions/store.ts";
import { formatRow } from "./regions/tsv.ts";

/** One measured figure; `bar` is what it is held to, null where it is only reported. */
interface PerfRow {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly bar: number | null;
  readonly better: "higher" | "lower";
}

/** The row that says what serving one batch of mini-VQA takes. */
export const MINI_BATCH_ROW = "mini-VQA quick: a batch of 32";
const [REGIONS, WIDTH, BATCH] = [36, 2048, 32];
const IMAGES = 1000;
/** Sizes of VQA v2's val2014 and train2014. */
const [VAL_QUESTIONS, TRAIN_QUESTIONS] = [214_354, 443_757];

/** Generation, batches, conversion, random access, the official evaluation, and loading the largest official pair. */
export async function dataRows(): Promise<PerfRow[]> {
  const folder = mkdtempSync(join(tmpdir(), "ticketbench-perf-"));
  try {
    return [...miniRows(), ...(await regionRows(folder)), evaluationRow(), ...loadingRows(folder)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function secondsOf(work: () => unknown): number {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
}

function miniRows(): PerfRow[] {
  const dataset = generateMiniVqa();
  const splits = ["train", "nominival", "minival"];
  const generation = secondsOf(() => {
    for (const { images } of splits.map((name) => dataset.split(name))) for (const { id } of images) warm(id);
  });
  const encode = (text: string) => text.split(" ").map(({ length }) => length);
  const loader = new BatchLoader(dataset, dataset.split("train"), { batchSize: BATCH, regions: 8, encode });
  const epochs = 5;
  const seconds = secondsOf(() => {
    for (let epoch = 0; epoch < epochs; epoch++) for (const batch of loader.batches()) batch.targets.at(0);
  });
  const batch = (seconds / (epochs * loader.batchCount())) * 1000;
  return [
    {
      name: "mini-VQA quick: train, nominival, minival with regions",
      value: generation,
      unit: "s",
      bar: 2,
      better: "lower",
    },
    { name: MINI_BATCH_ROW, value: batch, unit: "ms", bar: 1, better: "lower" },
  ];

  function warm(imageId: string): void {
    dataset.fillRegions(imageId, 8, new Float32Array(8 * 64), new Float32Array(8 * 4), 0);
  }
}

async function regionRows(folder: string): Promise<PerfRow[]> {
  const source = join(folder, "obj36.tsv");
  const cells = writeFeatureFile(source);
  const bytes = cells.reduce((sum, cell) => sum + cell.length, 0);
  const decoding = secondsOf(() => cells.forEach((cell) => Buffer.from(cell.toString("latin1"), "base64")));
  const start = performance.now();
  await convertRegions(source, join(folder, "store"));
  const converting = (performance.now() - start) / 1000;
  const store = RegionStore.open(join(folder, "store"));
  const imageIds = [...store.imageIds];
  const random = RandomStream.named("perf");
  const features = new Float32Array(BATCH * REGIONS * WIDTH);
  const boxes = new Float32Array(BATCH * REGIONS * 4);
  const batches = 200;
  const read = () => {
    for (let row = 0; row < BATCH; row++)
      store.fillRegions(random.pick(imageIds), REGIONS, features, boxes, row * REGIONS);
  };
  for (let i = 0; i < 40; i++) read();
  const reading = secondsOf(() => {
    for (let i = 0; i < batches; i++) read();
  });
  store.close();
  return [
    { name: "TSV to store", value: bytes / converting / 1e6, unit: "MB/s", bar: null, better: "higher" },
    {
      name: "TSV to store, share of decoding its base64 in memory",
      value: decoding / converting,
      unit: "",
      bar: 0.5,
      better: "higher",
    },
    {
      name: "random batches of 32 x 36 x 2048, warm",
      value: batches / reading,
      unit: "1/s",
      bar: 100,
      better: "higher",
    },
  ];
}

/** A feature file of the real size of an image; the bytes of every row's features, in base64 as they are in it. */
function writeFeatureFile(path: string): Buffer[] {
  const random = RandomStream.named("perf", "features");
  const features = Float32Array.from({ length: REGIONS * WIDTH }, () => Math.max(0, random.normal()));
  const file = openSync(path, "w");
  const cells: Buffer[] = [];
  for (let i = 0; i < IMAGES; i++) {
    features[i] = i;
    const row = {
      ...{ imageId: `MADE_up_${i}`, width: 640, height: 480, count: REGIONS, featureWidth: WIDTH, features },
      ...{ objectIds: new Int32Array(REGIONS), objectConfidences: new Float32Array(REGIONS) },
      ...{ attributeIds: new Int32Array(REGIONS), attributeConfidences: new Float32Array(REGIONS) },
      boxes: new Float32Array(REGIONS * 4),
    };
    const line = formatRow(row);
    cells.push(Buffer.from(line.slice(line.lastIndexOf("\t") + 1)));
    writeSync(file, `${line}\n`);
  }
  closeSync(file);
  return cells;
}

function evaluationRow(): PerfRow {
  const { questions } = generateMiniVqa({ profile: "standard" }).split("pretrain");
  const many = Array.from(
    { length: VAL_QUESTIONS },
    (_, i) => ({ ...questions[i % questions.length], id: i }) as Question,
  );
  const truths = many.map(groundTruth);
  const predictions = new Map(many.map(({ id, answers }) => [id, answers[id % 10] ?? ""]));
  const seconds = secondsOf(() => evaluateOfficial(truths, predictions));
  return {
    name: `official evaluation of ${VAL_QUESTIONS} answers`,
    value: seconds,
    unit: "s",
    bar: 5,
    better: "lower",
  };
}

/** Loads in a process of its own, whose peak memory is the measure. */
function loadingRows(folder: string): PerfRow[] {
  writeOfficialPair(folder);
  const code = `
    const { openOfficialFolder } = await import(${JSON.stringify(import.meta.resolve("./index.ts"))});
    const start = performance.now();
    const dataset = openOfficialFolder(${JSON.stringify(folder)}, { trainingSplits: ["train2014"] });
    const { length } = dataset.split("train2014").questions;
    console.log(JSON.stringify([length, (performance.now() - start) / 1000, process.resourceUsage().maxRSS / 1e6]));`;
  const output = execFileSync(process.execPath, ["--input-type=module", "-e", code], { encoding: "utf8" });
  const [length, seconds, gigabytes] = JSON.parse(output) as [number, number, number];
  if (length !== TRAIN_QUESTIONS) throw new Error(`loaded ${length} questions instead of ${TRAIN_QUESTIONS}`);
  return [
    {
      name: `loading ${TRAIN_QUESTIONS} questions and annotations`,
      value: seconds,
      unit: "s",
      bar: null,
      better: "lower",
    },
    { name: "peak memory of that", value: gigabytes, unit: "GB", bar: 1.5, better: "lower" },
  ];
}

/** Questions and annotations of train2014's number and shape, in a writer's megabyte at a time. */
function writeOfficialPair(folder: string): void {
  const { questions } = generateMiniVqa({ profile: "standard" }).split("pretrain");
  const write = (name: string, key: string, entry: (question: Question, id: number) => object) => {
    const file = openSync(join(folder, name), "w");
    writeSync(file, `{"info": {}, "data_type": "mscoco", "data_subtype": "train2014", "${key}": [`);
    for (let id = 0; id < TRAIN_QUESTIONS; id += 1000) {
      const ids = Array.from({ length: Math.min(1000, TRAIN_QUESTIONS - id) }, (_, i) => id + i);
      const entries = ids.map((each) => JSON.stringify(entry(questions[each % questions.length] as Question, each)));
      writeSync(file, (id === 0 ? "" : ", ") + entries.join(", "));
    }
    writeSync(file, "]}");
    closeSync(file);
  };
  write("v2_OpenEnded_mscoco_train2014_questions.json", "questions", ({ text }, id) => ({
    ...{ image_id: id >> 2, question: `${text} (${id})`, question_id: id },
  }));
  write(
    "v2_mscoco_train2014_annotations.json",
    "annotations",
    ({ questionType, answerType, majorityAnswer, answers }, id) => ({
      ...{
        question_type: questionType,
        multiple_choice_answer: majorityAnswer,
        image_id: id >> 2,
        answer_type: answerType,
      },
      answers: answers.map((answer, i) => ({ answer, answer_confidence: "yes", answer_id: i + 1 })),
      question_id: id,
    }),
  );
}
