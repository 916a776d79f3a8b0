import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openVqaFolder, type VqaFolder } from "../official/folder.ts";
import { readAnnotations } from "../official/records.ts";
import { generateMiniVqa } from "./generate.ts";
import { MINI_PROFILES } from "./profile.ts";
import { sceneSvg } from "./svg.ts";
import { writeMiniVqa } from "./write.ts";

const dataset = generateMiniVqa();
const splits = ["nominival", "test"];
const folder = mkdtempSync(join(tmpdir(), "mini-vqa-"));
let loaded: VqaFolder;
beforeAll(async () => {
  writeMiniVqa(dataset, folder, { splits, scenes: true });
  loaded = await openVqaFolder(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("mini-VQA written as official files", () => {
  test("loads back to the same answers, questions and labels, withheld ones included", () => {
    expect([...loaded.splitNames].sort()).toEqual(splits);
    expect(loaded.answers).toEqual(dataset.answers);
    expect(loaded.split("nominival").questions).toEqual(dataset.split("nominival").questions);
    const hidden = dataset.split("test").questions.map((question) => ({ ...question, questionType: "" }));
    expect(loaded.split("test").questions).toEqual(hidden);
  });

  test("loads back to the same features, boxes, labels and captions", () => {
    expect([loaded.featureWidth, loaded.regionsPerImage, loaded.defaultRegions]).toEqual([64, 36, 36]);
    expect(loaded.regionLabels?.objectNames).toEqual(dataset.regionLabels.objectNames);
    for (const split of splits) {
      for (const { imageId } of dataset.split(split).questions.slice(0, 100)) {
        expect(regions(loaded, imageId)).toEqual(regions(dataset, imageId));
        expect(loaded.captions(imageId)).toEqual(dataset.captions(imageId));
      }
    }
  });

  test("has LXMERT's records beside VQA's, and annotators who are mostly sure", () => {
    const records = JSON.parse(readFileSync(join(folder, "nominival.json"), "utf8")) as {
      img_id: string;
      label: object;
    }[];
    expect(records).toHaveLength(480);
    expect(records[0]?.img_id).toBe(dataset.split("nominival").images[0]?.id);
    const annotations = [...readAnnotations(join(folder, "v2_mscoco_nominival_annotations.json")).values()];
    const said = annotations.flatMap(({ answers }) => answers.map(({ answer_confidence }) => answer_confidence));
    const share = (word: string) => said.filter((one) => one === word).length / said.length;
    expect(share("yes")).toBeCloseTo(0.809, 1);
    expect(share("maybe")).toBeCloseTo(0.167, 1);
    expect(share("no")).toBeCloseTo(0.024, 1);
  });

  test("has a picture of every scene, of about 2 KB", () => {
    const pictures = readdirSync(join(folder, "scenes"));
    expect(pictures).toHaveLength(800);
    const bytes = pictures.map((name) => readFileSync(join(folder, "scenes", name)).length);
    expect(bytes.reduce((sum, length) => sum + length) / bytes.length).toBeLessThan(3000);
  });
});

describe("a scene's picture", () => {
  test("shows every kind, colour, pattern and place that any profile knows", () => {
    for (const { families, colors, patterns, places } of Object.values(MINI_PROFILES)) {
      for (const family of families) {
        for (const { name: kind } of family.classes) {
          for (const { name: color } of colors) {
            const [pattern = "plain"] = patterns.filter((_, i) => i === (kind.length + color.length) % patterns.length);
            const object = {
              kind,
              family: family.name,
              color,
              pattern,
              size: "small",
              box: [10, 20, 90, 100] as const,
            };
            const svg = sceneSvg({ place: places[0]?.name ?? "", objects: [object] }, { boxes: true });
            expect(svg).toContain(`${color} ${pattern} ${kind}`);
            expect(svg).not.toContain("#888");
            expect(svg).not.toMatch(/<g [^>]*><\/g>/);
            expect(svg).not.toContain(" F");
          }
        }
      }
      for (const { name } of places) expect(sceneSvg({ place: name, objects: [] })).not.toContain("#eee");
    }
  });
});

function regions(from: VqaFolder | typeof dataset, imageId: string) {
  const features = new Float32Array(36 * 64);
  const boxes = new Float32Array(36 * 4);
  from.fillRegions(imageId, 36, features, boxes, 0);
  const labels = { objectIds: new Int32Array(36), attributeIds: new Int32Array(36), confidences: new Float32Array(36) };
  from.regionLabels?.fill(imageId, 36, labels, 0);
  return { features, boxes, labels };
}
