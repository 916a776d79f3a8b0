import { createHash } from "node:crypto";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { checkRegionCount, unknownSplit, type VqaDataset, type VqaSplit } from "../dataset.ts";
import { DataError } from "../error.ts";
import { answerIndex, softLabel } from "../label.ts";
import type { Question } from "../question.ts";
import { readJsonList } from "./json-list.ts";
import { type AnnotationRecord, type QuestionRecord, readAnnotations, readQuestions } from "./records.ts";
import { buildAnswerVocabulary } from "./vocabulary.ts";

export interface OfficialFolderOptions {
  /** The name under which results speak of the dataset; the folder's own name by default. */
  readonly name?: string;
  /** Width of the zero feature vector that stands in for region features. */
  readonly featureWidth?: number;
  /** Splits whose majority answers make the vocabulary where the folder has no `trainval_label2ans.json`. */
  readonly trainingSplits?: readonly string[];
  /** How often an answer must be the majority answer to be in that vocabulary. */
  readonly minimumFrequency?: number;
}

/** The two files of a split; test splits have no annotations. */
interface SplitFiles {
  readonly questions: string;
  readonly annotations: string | null;
}

/** How official files, and vqa2-60k's, are named: the split is what varies. */
const NAMINGS = [
  {
    questions: /^(?:v2_)?OpenEnded_mscoco_(.+)_questions\.json(?:\.gz)?$/,
    annotations: (split: string) => [`v2_mscoco_${split}_annotations.json`, `mscoco_${split}_annotations.json`],
  },
  {
    questions: /^vqa_questions_(.+)\.json(?:\.gz)?$/,
    annotations: (split: string) => [`vqa_annotations_${split}.json`, `vqa_annotatons_${split}.json`],
  },
];

/**
 * Questions and answers in VQA's official files, as a dataset without pictures: every image is one zero region. The
 * answer vocabulary is the folder's `trainval_label2ans.json`, or is built from the training answers.
 */
export function openOfficialFolder(folder: string, options: OfficialFolderOptions = {}): OfficialFolder {
  return new OfficialFolder(folder, options);
}

export class OfficialFolder implements VqaDataset {
  readonly name: string;
  readonly answers: readonly string[];
  readonly featureWidth: number;
  readonly regionsPerImage = 1;
  readonly defaultRegions = 1;
  readonly regionLabels = null;
  readonly splitNames: readonly string[];
  readonly #files: ReadonlyMap<string, SplitFiles>;
  readonly #splits = new Map<string, VqaSplit>();
  readonly #vocabulary: ReadonlyMap<string, number>;
  #hash: string | null = null;

  constructor(folder: string, options: OfficialFolderOptions) {
    this.name = options.name ?? folder.split(/[\\/]/).findLast((part) => part !== "") ?? folder;
    this.featureWidth = options.featureWidth ?? 2048;
    this.#files = findSplits(folder);
    this.splitNames = [...this.#files.keys()];
    this.answers = givenVocabulary(folder) ?? this.#buildVocabulary(folder, options);
    this.#vocabulary = answerIndex(this.answers);
  }

  /** SHA-256 over the questions and labels of all splits and the answer vocabulary; reads every file on first use. */
  get hash(): string {
    if (this.#hash === null) {
      const digest = createHash("sha256").update(JSON.stringify([this.answers, this.featureWidth]));
      for (const name of [...this.splitNames].sort()) {
        digest.update(JSON.stringify(name));
        for (const question of this.split(name).questions) digest.update(JSON.stringify(question));
      }
      this.#hash = digest.digest("hex");
    }
    return this.#hash;
  }

  split(name: string): VqaSplit {
    const loaded = this.#splits.get(name) ?? { name, questions: this.#read(name) };
    this.#splits.set(name, loaded);
    return loaded;
  }

  fillRegions(_imageId: string, count: number, features: Float32Array, boxes: Float32Array, row: number): void {
    checkRegionCount(this.name, count, this.regionsPerImage);
    features.fill(0, row * this.featureWidth, (row + count) * this.featureWidth);
    boxes.set([0, 0, 1, 1], row * 4);
  }

  captions(): readonly string[] {
    return [];
  }

  #read(name: string): Question[] {
    const files = this.#filesOf(name);
    const annotations = files.annotations === null ? null : readAnnotations(files.annotations);
    const { records, imageSet } = readQuestions(files.questions);
    const set = imageSet ?? imageSetOf(name);
    return records.map((record) => this.#question(record, annotations?.get(record.question_id), set, files));
  }

  #question(
    record: QuestionRecord,
    annotation: AnnotationRecord | undefined,
    imageSet: string,
    files: SplitFiles,
  ): Question {
    if (files.annotations !== null && !annotation) {
      throw new DataError(`${files.annotations}: no annotation for question ${record.question_id}`);
    }
    const answers = annotation?.answers.map(({ answer }) => answer) ?? [];
    return {
      id: record.question_id,
      imageId: `COCO_${imageSet}_${String(record.image_id).padStart(12, "0")}`,
      text: record.question,
      questionType: annotation?.question_type ?? "",
      answerType: annotation?.answer_type ?? "other",
      answers,
      majorityAnswer: annotation?.multiple_choice_answer ?? null,
      label: softLabel(answers, this.#vocabulary),
    };
  }

  #buildVocabulary(folder: string, { trainingSplits = ["train"], minimumFrequency }: OfficialFolderOptions): string[] {
    const majority: string[] = [];
    for (const split of trainingSplits) {
      const { annotations } = this.#filesOf(split);
      if (annotations === null)
        throw new DataError(`${folder}: split ${split} has no answers to build a vocabulary from`);
      for (const { multiple_choice_answer } of readAnnotations(annotations).values())
        majority.push(multiple_choice_answer);
    }
    return buildAnswerVocabulary(majority, minimumFrequency);
  }

  #filesOf(split: string): SplitFiles {
    const files = this.#files.get(split);
    if (!files) throw unknownSplit(this.name, split, this.splitNames);
    return files;
  }
}

function findSplits(folder: string): Map<string, SplitFiles> {
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (!stat) throw new DataError(`${folder} does not exist; name a folder with VQA question files`);
  if (!stat.isDirectory()) throw new DataError(`${folder} is not a folder; name the folder that holds the files`);
  const splits = new Map<string, SplitFiles>();
  for (const file of readdirSync(folder).sort()) {
    for (const naming of NAMINGS) {
      const split = naming.questions.exec(file)?.[1];
      if (split === undefined) continue;
      const candidates = naming.annotations(split).flatMap((name) => [name, `${name}.gz`]);
      const annotations = candidates.map((name) => join(folder, name)).find((path) => existsSync(path));
      splits.set(split, { questions: join(folder, file), annotations: annotations ?? null });
    }
  }
  if (splits.size === 0) {
    throw new DataError(`${folder} holds no VQA questions; expected e.g. v2_OpenEnded_mscoco_train2014_questions.json`);
  }
  return splits;
}

function givenVocabulary(folder: string): string[] | null {
  const path = join(folder, "trainval_label2ans.json");
  if (!existsSync(path)) return null;
  const answers: string[] = [];
  readJsonList(path, null, (answer, index) => {
    if (typeof answer !== "string") throw new DataError(`${path}: entry ${index} is not an answer string`);
    answers.push(answer);
  });
  return answers;
}

/** The image set of files that do not name it: what the split is called; vqa2-60k's are all of train2014. */
function imageSetOf(split: string): string {
  return /^(train|val|test)\d{4}/.test(split) ? split : "train2014";
}
