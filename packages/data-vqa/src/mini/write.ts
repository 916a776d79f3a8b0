import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { toLxmert } from "../official/lxmert.ts";
import type { Question } from "../question.ts";
import { formatRow, type RegionRow } from "../regions/tsv.ts";
import { drawConfidence } from "./annotators.ts";
import type { MiniVqa } from "./generate.ts";
import { RandomStream } from "./random.ts";
import { CANVAS } from "./scene.ts";
import { SPLIT_NAMES } from "./split.ts";
import { sceneSvg } from "./svg.ts";

export interface WriteOptions {
  /** All by default. */
  readonly splits?: readonly string[];
  /** Draw every scene as SVG too, under `scenes/`. */
  readonly scenes?: boolean;
  /** Called after each split. */
  readonly onSplit?: (split: string) => void;
}

/**
 * Write mini-VQA as VQA's and LXMERT's files: questions, annotations, `{split}.json`, answer maps, `{split}_obj36.tsv`,
 * captions and the object and attribute vocabularies. They load back to the same samples.
 */
export function writeMiniVqa(dataset: MiniVqa, folder: string, options: WriteOptions = {}): void {
  const { splits = SPLIT_NAMES, scenes = false, onSplit } = options;
  mkdirSync(folder, { recursive: true });
  const json = (name: string, value: unknown) => writeFileSync(join(folder, name), `${JSON.stringify(value)}\n`);
  json("trainval_label2ans.json", dataset.answers);
  json("trainval_ans2label.json", Object.fromEntries(dataset.answers.map((answer, i) => [answer, i])));
  const { objectNames, attributeNames } = dataset.regionLabels;
  writeFileSync(join(folder, "objects_vocab.txt"), `${objectNames.join("\n")}\n`);
  writeFileSync(join(folder, "attributes_vocab.txt"), `${attributeNames.join("\n")}\n`);
  for (const split of splits) {
    const { questions, images } = dataset.split(split);
    const header = fileHeader(dataset, split);
    const asked = { ...header, task_type: "Open-Ended", questions: questions.map(officialQuestion) };
    json(`v2_OpenEnded_mscoco_${split}_questions.json`, asked);
    if (split !== "test") {
      json(`v2_mscoco_${split}_annotations.json`, { ...header, annotations: questions.map(officialAnnotation) });
    }
    json(
      `${split}.json`,
      questions.map((question) => toLxmert(question, dataset.answers)),
    );
    json(`captions_${split}.json`, {
      ...header,
      annotations: images.flatMap(({ id, number }) => captions(dataset, id, number)),
    });
    writeRegions(dataset, join(folder, `${split}_obj36.tsv`), images);
    if (scenes) writeScenes(dataset, join(folder, "scenes"), images);
    onSplit?.(split);
  }
}

/** An image's regions as a row of a feature file, all of them. */
export function regionRow(dataset: MiniVqa, imageId: string): RegionRow {
  const count = dataset.regionsPerImage;
  const regions = dataset.regions(imageId);
  const features = new Float32Array(count * dataset.featureWidth);
  dataset.fillRegions(imageId, count, features, new Float32Array(count * 4), 0);
  return {
    ...{ imageId, ...CANVAS, count, features, featureWidth: dataset.featureWidth },
    objectIds: Int32Array.from(regions, ({ objectId }) => objectId),
    objectConfidences: Float32Array.from(regions, ({ confidence }) => confidence),
    attributeIds: Int32Array.from(regions, ({ attributeId }) => attributeId),
    attributeConfidences: Float32Array.from(regions, ({ confidence }) => confidence),
    boxes: Float32Array.from(regions.flatMap(({ box }) => box)),
  };
}

function fileHeader({ seed, profile }: MiniVqa, split: string) {
  return {
    info: {
      description: `mini-vqa, synthetic; profile ${profile.name}, seed ${seed}, ${profile.annotators} annotators`,
      url: "",
      version: "1.0",
      year: 2026,
      contributor: "TicketBench",
      date_created: "2026-01-01 00:00:00",
    },
    license: { url: "https://creativecommons.org/publicdomain/zero/1.0/", name: "CC0 1.0" },
    data_type: "mini",
    data_subtype: split,
  };
}

function officialQuestion({ id, text }: Question) {
  return { image_id: imageNumber(id), question: text, question_id: id };
}

function officialAnnotation({ id, questionType, answerType, answers, majorityAnswer }: Question) {
  const random = RandomStream.named("mini-vqa", "confidence", id);
  return {
    question_type: questionType,
    multiple_choice_answer: majorityAnswer,
    answers: answers.map((answer, i) => ({ answer, answer_confidence: drawConfidence(random), answer_id: i + 1 })),
    image_id: imageNumber(id),
    answer_type: answerType,
    question_id: id,
  };
}

function captions(dataset: MiniVqa, imageId: string, number: number) {
  return dataset.captions(imageId).map((caption, i) => ({ image_id: number, id: number * 10 + i, caption }));
}

function imageNumber(questionId: number): number {
  return Math.floor(questionId / 1000);
}

function writeRegions(dataset: MiniVqa, path: string, images: readonly { readonly id: string }[]): void {
  const file = openSync(path, "w");
  try {
    for (const { id } of images) writeSync(file, `${formatRow(regionRow(dataset, id))}\n`);
  } finally {
    closeSync(file);
  }
}

function writeScenes(dataset: MiniVqa, folder: string, images: readonly { readonly id: string }[]): void {
  mkdirSync(folder, { recursive: true });
  for (const { id } of images) writeFileSync(join(folder, `${id}.svg`), sceneSvg(dataset.scene(id), { boxes: true }));
}
