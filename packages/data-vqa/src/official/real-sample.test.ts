import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BatchLoader } from "../batches.ts";
import { checkPath } from "../check/path.ts";
import { normalisedBoxes, readRegionTsv } from "../regions/tsv.ts";
import { sharedPath } from "../testing/shared.ts";
import { evaluateFiles } from "./evaluate-files.ts";
import { openVqaFolder } from "./folder.ts";
import { predictionsText } from "./predictions.ts";

const real = sharedPath("realdata");
describe.skipIf(real === null)("image 458752, with its real features and its four real questions", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "sample-"));
  });
  const at = (name: string) => join(folder, name);
  const [QUESTIONS, ANNOTATIONS] = [
    "v2_OpenEnded_mscoco_train2014_questions.json",
    "v2_mscoco_train2014_annotations.json",
  ];
  afterAll(() => rmSync(folder, { recursive: true }));

  test("goes from the official files to a batch, and from answers to the official accuracy", async () => {
    const fixture = (kind: string) => join(real ?? "", "vqa-official-fixture", `v2_${kind}.458752.json`);
    cpSync(fixture("OpenEnded_mscoco_train2014_questions"), at(QUESTIONS));
    cpSync(fixture("mscoco_train2014_annotations"), at(ANNOTATIONS));
    cpSync(join(real ?? "", "lxmert-vocab", "vqa_trainval_label2ans.json"), at("trainval_label2ans.json"));
    const features = readFileSync(join(real ?? "", "region-features", "COCO_train2014_458752_obj36.tsv.gz"));
    writeFileSync(at("train2014_obj36.tsv"), gunzipSync(features));
    expect(checkPath(folder).flatMap(({ problems }) => problems)).toEqual([]);

    const dataset = await openVqaFolder(folder);
    const split = dataset.split("train2014");
    const loader = new BatchLoader(dataset, split, {
      batchSize: 4,
      regions: 36,
      encode: (text) => text.split(" ").map(() => 7),
    });
    const [batch] = loader.batches();
    const [row] = readRegionTsv(at("train2014_obj36.tsv"));
    expect(batch?.features.subarray(0, 36 * 2048)).toEqual(row?.features);
    expect(batch?.boxes.subarray(3 * 144)).toEqual(normalisedBoxes(row!));
    expect(batch?.targets[dataset.answers.indexOf("net")]).toBe(1);
    expect(split.questions.map(({ majorityAnswer }) => majorityAnswer)).toEqual(["net", "pitcher", "orange", "yes"]);

    const answers = split.questions.map(
      ({ id, majorityAnswer }) => [id, id === 458752003 ? "no" : majorityAnswer!] as const,
    );
    writeFileSync(at("predictions.json"), predictionsText(new Map(answers)));
    const files = { questions: at(QUESTIONS), annotations: at(ANNOTATIONS), predictions: at("predictions.json") };
    expect(evaluateFiles(files).perQuestion).toEqual({ 458752000: 100, 458752001: 100, 458752002: 100, 458752003: 30 });
    expect(evaluateFiles(files).summary).toMatchObject({
      n: 4,
      overall: 82.5,
      perAnswerType: { "yes/no": 30, other: 100 },
    });
  });
});
