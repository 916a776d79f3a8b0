import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { readAnswers } from "../official/answers.ts";
import { findLayout, type FolderLayout } from "../official/layout.ts";
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
  return { report, questions: new Map(), images };
}

function checkFolder(path: string): CheckReport[] {
  const findings = new Findings();
  const layout = findings.try(() => findLayout(path));
  if (!layout) return [{ path, kind: "folder", summary: "", problems: findings.problems }];
  const files = new Map(filesOf(layout).map((file) => [file, checkFile(file)]));
  for (const store of layout.stores) files.set(store, checkStore(store));
  for (const [split, { questions, ...rest }] of layout.splits) {
    const asked = files.get(questions)?.questions ?? new Map<number, number>();
    const annotations = "annotations" in rest ? rest.annotations : null;
    if (annotations !== null) compareIds(split, asked, files.get(annotations)?.questions, annotations, findings);
    if (layout.features.length + layout.stores.length > 0) checkImages(split, asked, layout, files, findings);
  }
  const answers = findings.try(() => readAnswers(path));
  const features = `${layout.features.length + layout.stores.length} feature files`;
  const summary = `splits ${[...layout.splits.keys()].join(", ")}; ${features}; ${answers ? `${answers.length} answers` : "no answer vocabulary"}`;
  return [
    ...[...files.values()].map(({ report }) => report),
    { path, kind: "folder", summary, problems: findings.problems },
  ];
}

function filesOf({ splits, features, captions }: FolderLayout): string[] {
  const ofSplits = [...splits.values()].flatMap((files) => [
    files.questions,
    "annotations" in files ? files.annotations : null,
  ]);
  return [...ofSplits, ...features, ...captions].filter((file) => file !== null);
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
