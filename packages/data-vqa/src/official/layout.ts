import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { DataError } from "../error.ts";
import { readManifest } from "../regions/manifest.ts";
import { STORE_ENDING, storeFolder } from "../regions/store.ts";

/** The files of a split: VQA's own, of which test splits have no annotations, or LXMERT's one. */
export type SplitFiles =
  | { readonly format: "official"; readonly questions: string; readonly annotations: string | null }
  | { readonly format: "lxmert"; readonly questions: string };

/** What lies in a folder. */
export interface FolderLayout {
  readonly splits: ReadonlyMap<string, SplitFiles>;
  /** LXMERT's feature files. */
  readonly features: readonly string[];
  /** Finished stores of feature files that are not there any more. */
  readonly stores: readonly string[];
  readonly captions: readonly string[];
}

/** How official files are named, those of v1 and of vqa2-60k too; the split is what varies. */
const OFFICIAL_NAMES = [
  {
    questions: /^(?:v2_)?OpenEnded_mscoco_(.+)_questions\.json(?:\.gz)?$/,
    annotations: (split: string) => [`v2_mscoco_${split}_annotations.json`, `mscoco_${split}_annotations.json`],
  },
  {
    questions: /^vqa_questions_(.+)\.json(?:\.gz)?$/,
    annotations: (split: string) => [`vqa_annotations_${split}.json`, `vqa_annotatons_${split}.json`],
  },
];
/** Answers, and what a detector names. */
const LISTS: ReadonlySet<string> = new Set([
  "trainval_label2ans.json",
  "trainval_ans2label.json",
  "objects_vocab.txt",
  "attributes_vocab.txt",
]);
const LXMERT_NAME = /^(train|nominival|minival|valid|test)\.json$/;

/** Recognise a folder's files by their names. Where VQA and LXMERT name one split, VQA's files say more and are read. */
export function findLayout(folder: string): FolderLayout {
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (!stat) throw new DataError(`${folder} does not exist; name a folder with VQA question files`);
  if (!stat.isDirectory()) throw new DataError(`${folder} is not a folder; name the folder that holds the files`);
  const files = readdirSync(folder).sort();
  const splits = new Map<string, SplitFiles>();
  for (const file of files) {
    const split = LXMERT_NAME.exec(file)?.[1];
    if (split !== undefined) splits.set(split, { format: "lxmert", questions: join(folder, file) });
  }
  for (const file of files) for (const [split, found] of officialSplit(folder, file)) splits.set(split, found);
  if (splits.size === 0) {
    throw new DataError(`${folder} holds no VQA questions; expected e.g. v2_OpenEnded_mscoco_train2014_questions.json`);
  }
  const features = files.filter((file) => file.endsWith(".tsv")).map((file) => join(folder, file));
  const stores = files.filter((file) => file.endsWith(STORE_ENDING)).map((file) => join(folder, file));
  const ofFeatures = new Set(features.map((file) => storeFolder(file)));
  return {
    splits,
    features,
    stores: stores.filter((store) => !ofFeatures.has(store) && readManifest(store) !== null),
    captions: files.filter((file) => /^captions_.+\.json$/.test(file)).map((file) => join(folder, file)),
  };
}

/** Whether a file lies under one of LXMERT's names that need not be read: a split that VQA's files name too, or a list. */
export function isKnownFile(file: string): boolean {
  return LXMERT_NAME.test(file) || LISTS.has(file);
}

function officialSplit(folder: string, file: string): [string, SplitFiles][] {
  return OFFICIAL_NAMES.flatMap((naming) => {
    const split = naming.questions.exec(file)?.[1];
    if (split === undefined) return [];
    const candidates = naming.annotations(split).flatMap((name) => [join(folder, name), join(folder, `${name}.gz`)]);
    const annotations = candidates.find((path) => existsSync(path)) ?? null;
    return [[split, { format: "official", questions: join(folder, file), annotations }]];
  });
}

/** The name of a folder, for want of a better one for the dataset in it. */
export function folderName(folder: string): string {
  return basename(folder) || folder;
}
