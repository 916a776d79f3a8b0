import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { readAnswers } from "../official/answers.ts";
import { findLayout, type FolderLayout, isKnownFile } from "../official/layout.ts";
import { readManifest } from "../regions/manifest.ts";
import { RegionStore } from "../regions/store.ts";
import { type CheckedFile, checkFile } from "./file.ts";
import { type CheckReport, Findings } from "./report.ts";

/**
 * Check a file (feature TSV, questions, annotations, LXMERT's questions, predictions, answer vocabulary, captions), a
 * region store, or a folder of such files with what must hold between them. Faults are reported, never thrown.
 */
export function checkPath(path: string): CheckReport[] {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return [{ path, kind: "nothing", summary: "", problems: [`${path} does not exist`] }];
  if (!stat.isDirectory()) return [checkFile(path).report];
  return existsSync(join(path, "manifest.json")) ? [checkStore(path).report] : checkFolder(path);
}

/** Every record of a store is read once. */
function checkStore(path: string): CheckedFile {
  const findings = new Findings();
  const images = new Set<string>();
  const manifest = findings.try(() => readManifest(path));
  findings.try(() => {
    const store = RegionStore.open(path);
    const { featureWidth, regions } = store.manifest;
    const features = new Float32Array(regions.fewest * featureWidth);
    const boxes = new Float32Array(regions.fewest * 4);
    for (const imageId of store.imageIds) {
      images.add(imageId);
      findings.try(() => store.fillRegions(imageId, regions.fewest, features, boxes, 0));
      if (!features.every(Number.isFinite) || !boxes.every((value) => value > -1e-5 && value < 1 + 1e-5)) {
        findings.add(`${path}: image ${imageId} has values that no conversion writes; convert the TSV again`);
      }
    }
    store.close();
  });
  const summary = manifest
    ? `${manifest.images} images of ${manifest.source.name}, features of ${manifest.featureWidth} as ${manifest.featureType}`
    : "";
  const report = { path, kind: "region store", summary, problems: findings.problems };
  return { report, questions: new Map(), images, widths: new Set(manifest ? [manifest.featureWidth] : []) };
}

function checkFolder(path: string): CheckReport[] {
  const findings = new Findings();
  const layout = findings.try(() => findLayout(path));
  if (!layout) return [{ path, kind: "folder", summary: "", problems: findings.problems }];
  const files = new Map(filesOf(path, layout).map((file) => [file, checkFile(file)]));
  for (const store of layout.stores) files.set(store, checkStore(store));
  compareFeatures([...layout.features, ...layout.stores], files, findings);
  for (const [split, { questions, ...rest }] of layout.splits) {
    const asked = files.get(questions)?.questions ?? new Map<number, number>();
    const annotations = "annotations" in rest ? rest.annotations : null;
    if (annotations !== null) {
      const annotated = files.get(annotations)?.questions;
      compareIds(split, asked, annotated, annotations, findings);
      compareImages(split, asked, annotated, annotations, findings);
    }
    if (layout.features.length + layout.stores.length > 0) checkImages(split, asked, layout, files, findings);
  }
  const answers = findings.try(() => readAnswers(path));
  const features = `${layout.features.length + layout.stores.length} feature files`;
  const summary = `splits ${[...layout.splits.keys()].join(", ")}; ${features}; ${answers ? `${answers.length} answers` : "no answer vocabulary"}`;
  const reports = [...files.values()].map(({ report }) => report);
  const told = new Set(reports.flatMap(({ problems }) => problems));
  const problems = findings.problems.filter((problem) => !told.has(problem));
  return [...reports, { path, kind: "folder", summary, problems }];
}

/** What a study reads, and then whatever else lies there under a known name. */
function filesOf(folder: string, { splits, features, captions }: FolderLayout): readonly string[] {
  const ofSplits = [...splits.values()].flatMap((files) => [
    files.questions,
    "annotations" in files ? files.annotations : null,
  ]);
  const read = [...ofSplits, ...features, ...captions].filter((file) => file !== null);
  const others = readdirSync(folder)
    .filter(isKnownFile)
    .sort()
    .map((file) => join(folder, file));
  return [...new Set([...read, ...others])];
}

type Questions = CheckedFile["questions"];

function compareIds(
  split: string,
  asked: Questions,
  annotated: Questions | undefined,
  file: string,
  findings: Findings,
) {
  const without = (from: Questions, other: Questions | undefined) => [...from.keys()].filter((id) => !other?.has(id));
  const unanswered = without(asked, annotated);
  if (unanswered.length > 0)
    findings.add(`${split}: ${unanswered.length} questions have no annotation in ${file}, e.g. ${unanswered[0]}`);
  const unasked = annotated ? without(annotated, asked) : [];
  if (unasked.length > 0)
    findings.add(`${split}: ${unasked.length} annotations in ${file} have no question, e.g. ${unasked[0]}`);
}

/** A question and its annotation are about one image. */
function compareImages(
  split: string,
  asked: Questions,
  annotated: Questions | undefined,
  file: string,
  findings: Findings,
): void {
  const differs = ([id, image]: readonly [number, string | number]): boolean => {
    const other = annotated?.get(id);
    return other !== undefined && other !== "" && other !== image;
  };
  const wrong = [...asked].filter(differs);
  const [first] = wrong;
  if (first)
    findings.add(
      `${split}: ${wrong.length} questions are about another image than their annotation in ${file} says, ` +
        `e.g. ${first[0]} about ${first[1]} and ${annotated?.get(first[0])}; the files do not belong together`,
    );
}

/** All images of a folder have features of one width, each in one file. */
function compareFeatures(
  features: readonly string[],
  files: ReadonlyMap<string, CheckedFile>,
  findings: Findings,
): void {
  const widthOf = new Map<number, string>();
  const fileOf = new Map<string, string>();
  for (const file of features) {
    const { widths = [], images = [] } = files.get(file) ?? {};
    const [width] = widths;
    if (width !== undefined && !widthOf.has(width)) widthOf.set(width, file);
    const twice = [...images].filter((image) => fileOf.has(image));
    const [first] = twice;
    if (first !== undefined)
      findings.add(
        `${file}: ${twice.length} images are also in another feature file, e.g. ${first} in ${fileOf.get(first)}; remove one`,
      );
    for (const image of images) fileOf.set(image, file);
  }
  if (widthOf.size < 2) return;
  const each = [...widthOf].map(([width, file]) => `${width} in ${file}`).join(", ");
  findings.add(`features have different widths (${each}); extract them with one model`);
}

/** Official files number images, LXMERT's name them; features are looked up by either. */
function checkImages(
  split: string,
  asked: Questions,
  layout: FolderLayout,
  files: ReadonlyMap<string, CheckedFile>,
  findings: Findings,
): void {
  const names = [...layout.features, ...layout.stores].flatMap((file) => [...(files.get(file)?.images ?? [])]);
  const known = new Set<string | number>([...names, ...names.map((name) => Number(/\d+$/.exec(name)?.[0]))]);
  const missing = [...asked].filter(([, image]) => !known.has(image));
  const [first] = missing;
  if (first)
    findings.add(
      `${split}: ${missing.length} questions are about images without features, e.g. ${first[0]} about ${first[1]}`,
    );
}
