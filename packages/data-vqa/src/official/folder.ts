import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  checkRegionCount,
  type ReadRegions,
  type RegionLabels,
  unknownSplit,
  type VqaDataset,
  type VqaSplit,
} from "../dataset.ts";
import { DataError } from "../error.ts";
import { answerIndex, softLabel } from "../label.ts";
import type { Question } from "../question.ts";
import { convertRegions, type ConvertOptions } from "../regions/convert.ts";
import { RegionStore, storeFolder } from "../regions/store.ts";
import { StoreSet } from "../regions/store-set.ts";
import { readAnswers } from "./answers.ts";
import { readCaptions } from "./captions.ts";
import { findLayout, type FolderLayout, folderName, type SplitFiles } from "./layout.ts";
import { readLxmertQuestions } from "./lxmert.ts";
import { type AnnotationRecord, type QuestionRecord, readAnnotations, readQuestions } from "./records.ts";
import { type VocabularyOptions, vocabularyOf } from "./vocabulary.ts";

/** The vocabulary's options count where the folder has none. */
export interface FolderOptions extends VocabularyOptions {
  /** The name under which results speak of the dataset; the folder's own name by default. */
  readonly name?: string;
}

export interface TextFolderOptions extends FolderOptions {
  /** Width of the zero feature vector that stands in for region features. */
  readonly featureWidth?: number;
}

export interface RegionFolderOptions extends FolderOptions {
  /** Where the stores of the folder's feature files are, or are made on first use; the folder itself by default. */
  readonly stores?: string;
  readonly convert?: ConvertOptions;
  /** What becomes of questions whose image has no features: LXMERT drops them; by default they are an error. */
  readonly missingImages?: "refuse" | "drop";
}

/** A folder of VQA's or LXMERT's question files as a dataset without pictures: every image is one zero region. */
export function openOfficialFolder(folder: string, options: TextFolderOptions = {}): VqaFolder {
  return new VqaFolder(folder, findLayout(folder), options, new BlankRegions(options.featureWidth ?? 2048));
}

/**
 * A folder of VQA's or LXMERT's question files with LXMERT's feature files, in whatever splits, widths and box counts.
 * Each feature file is converted to a store on first use; a store whose feature file was removed serves as well.
 */
export async function openVqaFolder(folder: string, options: RegionFolderOptions = {}): Promise<VqaFolder> {
  const layout = findLayout(folder);
  if (layout.features.length + layout.stores.length === 0) {
    throw new DataError(`${folder} holds no feature files (*.tsv); extract features, or run on the text alone`);
  }
  const stores = layout.stores.map((store) => RegionStore.open(store));
  for (const source of layout.features) {
    const store = storeFolder(source, options.stores);
    await convertRegions(source, store, options.convert);
    stores.push(RegionStore.open(store));
  }
  return new VqaFolder(folder, layout, options, new StoreSet(stores), options.missingImages);
}

/** Where a folder's regions come from. */
export interface RegionSource {
  readonly featureWidth: number;
  readonly regionsPerImage: number;
  /** Stands for the features in the dataset's hash. */
  readonly hash: string;
  has(imageId: string): boolean;
  fillRegions: VqaDataset["fillRegions"];
  readonly readRegions?: ReadRegions;
  fillLabels: RegionLabels["fill"];
}

class BlankRegions implements RegionSource {
  readonly featureWidth: number;
  readonly regionsPerImage = 1;
  readonly hash = "blank";

  constructor(featureWidth: number) {
    this.featureWidth = featureWidth;
  }

  has(): boolean {
    return true;
  }

  fillRegions(_imageId: string, count: number, features: Float32Array, boxes: Float32Array, row: number): void {
    features.fill(0, row * this.featureWidth, (row + count) * this.featureWidth);
    boxes.set([0, 0, 1, 1], row * 4);
  }

  fillLabels(): void {
    throw new DataError("a dataset of text alone has no detected objects");
  }
}

/** A folder of question files and a source of regions as a dataset; files are read when a split is first asked for. */
export class VqaFolder implements VqaDataset {
  readonly name: string;
  readonly answers: readonly string[];
  readonly featureWidth: number;
  readonly regionsPerImage: number;
  readonly defaultRegions: number;
  readonly regionLabels: RegionLabels | null;
  readonly readRegions?: ReadRegions;
  readonly splitNames: readonly string[];
  readonly #layout: FolderLayout;
  readonly #regions: RegionSource;
  readonly #missingImages: "refuse" | "drop";
  readonly #splits = new Map<string, VqaSplit>();
  readonly #vocabulary: ReadonlyMap<string, number>;
  #hash: string | null = null;
  #captions: ReadonlyMap<number, string[]> | null = null;

  constructor(
    folder: string,
    layout: FolderLayout,
    options: FolderOptions,
    regions: RegionSource,
    missingImages: "refuse" | "drop" = "refuse",
  ) {
    this.name = options.name ?? folderName(folder);
    this.#layout = layout;
    this.#regions = regions;
    this.#missingImages = missingImages;
    this.featureWidth = regions.featureWidth;
    this.regionsPerImage = regions.regionsPerImage;
    this.defaultRegions = Math.min(36, regions.regionsPerImage);
    this.regionLabels = readRegionLabels(folder, regions);
    if (regions.readRegions) this.readRegions = regions.readRegions.bind(regions);
    this.splitNames = [...layout.splits.keys()];
    this.answers = readAnswers(folder) ?? vocabularyOf(folder, layout, options);
    this.#vocabulary = answerIndex(this.answers);
  }

  /** SHA-256 over the questions and labels of all splits, the answers and the features; reads all on first use. */
  get hash(): string {
    if (this.#hash === null) {
      const digest = createHash("sha256");
      digest.update(JSON.stringify([this.answers, this.featureWidth, this.#regions.hash]));
      for (const name of [...this.splitNames].sort()) {
        digest.update(JSON.stringify(name));
        for (const question of this.split(name).questions) digest.update(JSON.stringify(question));
      }
      this.#hash = digest.digest("hex");
    }
    return this.#hash;
  }

  split(name: string): VqaSplit {
    const loaded = this.#splits.get(name) ?? { name, questions: this.#withImages(name, this.#read(name)) };
    this.#splits.set(name, loaded);
    return loaded;
  }

  fillRegions(imageId: string, count: number, features: Float32Array, boxes: Float32Array, row: number): void {
    checkRegionCount(this.name, count, this.regionsPerImage);
    this.#regions.fillRegions(imageId, count, features, boxes, row);
  }

  captions(imageId: string): readonly string[] {
    this.#captions ??= readCaptions(this.#layout.captions);
    return this.#captions.get(Number(/\d+$/.exec(imageId)?.[0])) ?? [];
  }

  #read(name: string): readonly Question[] {
    const files = this.#filesOf(name);
    if (files.format === "lxmert") return readLxmertQuestions(files.questions, this.#vocabulary);
    const annotations = files.annotations === null ? null : readAnnotations(files.annotations);
    const { records, imageSet } = readQuestions(files.questions);
    const prefix = imageSet ?? defaultImageSet(name);
    return records.map((record) => {
      const annotation = annotations?.get(record.question_id);
      if (annotations !== null && !annotation) {
        throw new DataError(`${files.annotations}: no annotation for question ${record.question_id}`);
      }
      if (annotation?.image_id !== undefined && annotation.image_id !== record.image_id) {
        const images = `${record.image_id} in ${files.questions}, ${annotation.image_id} in ${files.annotations}`;
        throw new DataError(
          `question ${record.question_id} is about image ${images}; the files do not belong together`,
        );
      }
      return this.#question(record, annotation, prefix);
    });
  }

  #question(record: QuestionRecord, annotation: AnnotationRecord | undefined, prefix: string): Question {
    const answers = annotation?.answers.map(({ answer }) => answer) ?? [];
    const imageId = `${prefix}_${String(record.image_id).padStart(12, "0")}`;
    return {
      id: record.question_id,
      // Feature files of other makes call images by their bare number.
      imageId:
        !this.#regions.has(imageId) && this.#regions.has(String(record.image_id)) ? String(record.image_id) : imageId,
      text: record.question,
      questionType: annotation?.question_type ?? "",
      answerType: annotation?.answer_type ?? "other",
      answers,
      majorityAnswer: annotation?.multiple_choice_answer ?? null,
      label: softLabel(answers, this.#vocabulary),
    };
  }

  #withImages(split: string, questions: readonly Question[]): readonly Question[] {
    const found = questions.filter(({ imageId }) => this.#regions.has(imageId));
    const missing = questions.length - found.length;
    if (missing === 0 || this.#missingImages === "drop") return found;
    const example = questions.find(({ imageId }) => !this.#regions.has(imageId));
    throw new DataError(
      `${this.name}: ${missing} of ${questions.length} questions of ${split} are about images without features, ` +
        `e.g. ${example?.id} about ${example?.imageId}; extract them, or drop such questions`,
    );
  }

  #filesOf(split: string): SplitFiles {
    const files = this.#layout.splits.get(split);
    if (!files) throw unknownSplit(this.name, split, this.splitNames);
    return files;
  }
}

/** The image set of files that do not name it: what the split is called; vqa2-60k's are all of train2014. */
function defaultImageSet(split: string): string {
  return `COCO_${/^(train|val|test)\d{4}/.test(split) ? split : "train2014"}`;
}

/** Object and attribute names lie beside the questions, one a line; without them detected labels mean nothing. */
function readRegionLabels(folder: string, regions: RegionSource): RegionLabels | null {
  const [objects, attributes] = ["objects_vocab.txt", "attributes_vocab.txt"].map((name) => join(folder, name));
  if (!objects || !attributes || !existsSync(objects) || !existsSync(attributes)) return null;
  const names = (path: string) => readFileSync(path, "utf8").trimEnd().split(/\r?\n/);
  return {
    objectNames: names(objects),
    attributeNames: names(attributes),
    fill: (imageId, count, into, row) => regions.fillLabels(imageId, count, into, row),
  };
}
