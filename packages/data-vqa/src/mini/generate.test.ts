import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { DataError } from "../error.ts";
import { PRIOR_KEYS, priorPredictions } from "../priors.ts";
import { evaluateOfficial, groundTruth } from "../official/evaluate.ts";
import type { Question } from "../question.ts";
import { questionType } from "../question-type.ts";
import { accuracy, softScores } from "../score.ts";
import { sharedPath } from "../testing/shared.ts";
import { MINI_SHA256 } from "./checksums.ts";
import { generateMiniVqa, type MiniVqa } from "./generate.ts";
import { MINI_PROFILES, type MiniProfileName } from "./profile.ts";

const quick = generateMiniVqa();
const training = ["pretrain", "train", "nominival"].flatMap((name) => quick.split(name).questions);
const minival = quick.split("minival").questions;

describe("mini-VQA is bit-equal everywhere", () => {
  for (const profile of Object.keys(MINI_PROFILES) as MiniProfileName[]) {
    test(`${profile}: every split has its published SHA-256`, () => {
      const dataset = generateMiniVqa({ profile });
      const computed = Object.fromEntries(dataset.splitNames.map((name) => [name, dataset.splitSha256(name)]));
      expect(computed).toEqual(MINI_SHA256[profile]);
    }, 120_000);
  }

  test("whatever was read before, an image has the same regions", () => {
    const [{ imageId } = { imageId: "" }] = minival;
    const all = read(generateMiniVqa(), imageId, 36);
    const growing = generateMiniVqa();
    for (const count of [3, 8, 1]) {
      const some = read(growing, imageId, count);
      expect(some.features).toEqual(all.features.subarray(0, count * 64));
      expect(some.boxes).toEqual(all.boxes.subarray(0, count * 4));
    }
  });

  test("seed, profile and annotators change the hash", () => {
    const options = [{}, { seed: 1 }, { profile: "hard" }, { annotators: "real" }] as const;
    expect(new Set(options.map((option) => generateMiniVqa(option).hash)).size).toBe(options.length);
  });
});

describe("mini-VQA's questions", () => {
  test("number as designed in every split", () => {
    const sizes = quick.splitNames.map((name) => [
      name,
      quick.split(name).images.length,
      quick.split(name).questions.length,
    ]);
    expect(sizes).toEqual([
      ["pretrain", 8000, 12_800],
      ["train", 2700, 4320],
      ["nominival", 300, 480],
      ["minival", 1000, 1600],
      ["test", 500, 800],
    ]);
  });

  test("have unique ids made of the image's number, and images that exist", () => {
    const all = quick.splitNames.flatMap((name) => quick.split(name).questions);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    for (const { id, imageId } of all) expect(Math.floor(id / 1000)).toBe(Number(imageId.split("_")[2]));
  });

  test("come in complementary pairs: one question, two images, two answers", () => {
    for (let i = 0; i < minival.length; i += 2) {
      const [a, b] = [minival[i]!, minival[i + 1]!];
      expect(b.text).toBe(a.text);
      expect(b.imageId).not.toBe(a.imageId);
    }
    const differing = pairs(minival).filter(([a, b]) => a.majorityAnswer !== b.majorityAnswer);
    expect(differing.length / (minival.length / 2)).toBeGreaterThan(0.995);
  });

  test("have VQA's mix of answer types: .38 yes/no, .12 number, .50 other", () => {
    const share = (type: string) => training.filter(({ answerType }) => answerType === type).length / training.length;
    expect(share("yes/no")).toBeCloseTo(0.38, 1);
    expect(Math.abs(share("yes/no") - 0.38)).toBeLessThan(0.02);
    expect(Math.abs(share("number") - 0.12)).toBeLessThan(0.02);
    expect(Math.abs(share("other") - 0.5)).toBeLessThan(0.02);
  });

  test("carry LXMERT's labels of their ten answers", () => {
    for (const question of minival.slice(0, 200)) {
      const counts = Map.groupBy(question.answers, (answer) => answer);
      const expected = [...counts]
        .map(([answer, given]) => [quick.answers.indexOf(answer), [0, 0.3, 0.6, 0.9][given.length] ?? 1] as const)
        .filter(([answer]) => answer >= 0)
        .sort((a, b) => a[0] - b[0]);
      expect(question.answers).toHaveLength(10);
      expect(question.label).toEqual(expected);
    }
  });

  test("withhold the answers of the test split", () => {
    for (const { answers, label, majorityAnswer } of quick.split("test").questions) {
      expect([answers, label, majorityAnswer]).toEqual([[], [], null]);
    }
  });

  test("have 44 answers to choose from in the quick profile", () => {
    expect(quick.answers).toHaveLength(44);
    expect(new Set(quick.answers).size).toBe(44);
  });
});

const official = sharedPath("realdata", "vqa-official-fixture", "mscoco_question_types.txt");
describe.skipIf(official === null)("mini-VQA's question types", () => {
  test("are those that all official prefixes give", () => {
    const types = readFileSync(official ?? "", "utf8")
      .split(/\r?\n/)
      .filter((type) => type !== "");
    for (const profile of Object.keys(MINI_PROFILES) as MiniProfileName[]) {
      for (const { text, questionType: ours } of generateMiniVqa({ profile }).split("train").questions) {
        expect([text, ours]).toEqual([text, questionType(text, types)]);
      }
    }
  });
});

describe("who cannot see the picture of mini-VQA", () => {
  const score = (key: (typeof PRIOR_KEYS)[keyof typeof PRIOR_KEYS]) =>
    accuracy(minival, softScores(minival, priorPredictions(quick, training, minival, key)));

  test("gets about 20 % with one answer to everything", () => {
    expect(Math.abs(score(PRIOR_KEYS.constant).overall - 0.196)).toBeLessThan(0.02);
  });

  test("gets about 36 % with the best answer to each question, and half of the yes/no questions", () => {
    const { overall, byAnswerType } = score(PRIOR_KEYS.question);
    expect(Math.abs(overall - 0.361)).toBeLessThan(0.025);
    expect(Math.abs(byAnswerType["yes/no"]! - 0.5)).toBeLessThan(0.03);
  });
});

describe("real annotators of mini-VQA", () => {
  const dataset = generateMiniVqa({ profile: "standard", annotators: "real" });
  const questions = ["train", "minival"].flatMap((name) => dataset.split(name).questions);
  const official = (answer: (question: Question) => string | null | undefined) => {
    const predictions = new Map(questions.map((question) => [question.id, answer(question) ?? ""]));
    return evaluateOfficial(questions.map(groundTruth), predictions);
  };
  const agreement = (type: string) => {
    const ofType = questions.filter(({ answerType }) => answerType === type);
    const agreeing = ofType.flatMap(({ answers, majorityAnswer }) => answers.filter((one) => one === majorityAnswer));
    return agreeing.length / (10 * ofType.length);
  };

  test("let the majority answer score 95 to 98 and the first annotator 85 to 90 with the official metric", () => {
    const majority = official(({ majorityAnswer }) => majorityAnswer).overall;
    const first = official(({ answers }) => answers[0]).overall;
    expect([majority > 0.95, majority < 0.98, first > 0.85, first < 0.9]).toEqual([true, true, true, true]);
  });

  test("agree with the majority as on VQA v2: .894 yes/no, .739 number, .621 other", () => {
    expect(Math.abs(agreement("yes/no") - 0.894)).toBeLessThan(0.03);
    expect(Math.abs(agreement("number") - 0.739)).toBeLessThan(0.03);
    expect(Math.abs(agreement("other") - 0.621)).toBeLessThan(0.03);
  });

  test("are mild in the quick profile: each agrees with probability .92", () => {
    const agreeing = minival.flatMap(({ answers, majorityAnswer }) => answers.filter((one) => one === majorityAnswer));
    expect(agreeing.length / (10 * minival.length)).toBeCloseTo(0.92, 2);
  });
});

describe("mini-VQA's regions", () => {
  test("are sorted by confidence, inside the image, with known labels", () => {
    for (const profile of Object.keys(MINI_PROFILES) as MiniProfileName[]) {
      const dataset = generateMiniVqa({ profile });
      for (const { imageId } of dataset.split("nominival").questions.slice(0, 100)) {
        const regions = dataset.regions(imageId);
        expect(regions).toHaveLength(36);
        for (const [i, { box, confidence, objectId, attributeId }] of regions.entries()) {
          expect(confidence).toBeLessThanOrEqual(regions[i - 1]?.confidence ?? 1);
          expect(box[0]).toBeGreaterThanOrEqual(0);
          expect(box[1]).toBeGreaterThanOrEqual(0);
          expect(box[2]).toBeGreaterThan(box[0]);
          expect(box[3]).toBeGreaterThan(box[1]);
          expect(box[2]).toBeLessThanOrEqual(640);
          expect(box[3]).toBeLessThanOrEqual(480);
          expect(dataset.regionLabels.objectNames[objectId]).toBeDefined();
          expect(dataset.regionLabels.attributeNames[attributeId]).toBeDefined();
        }
      }
    }
  });

  test("show every object of the scene among the first, and the place among the regions read by default", () => {
    for (const { imageId } of minival) {
      const { objects, place } = quick.scene(imageId);
      const regions = quick.regions(imageId).slice(0, quick.defaultRegions);
      expect(regions.slice(0, objects.length).map(({ box }) => box)).toEqual(
        expect.arrayContaining(objects.map(({ box }) => box)),
      );
      expect(regions.map(({ objectId }) => quick.regionLabels.objectNames[objectId])).toContain(place);
    }
  });

  test("give non-negative features and boxes as fractions of the image", () => {
    const { features, boxes } = read(quick, minival[0]!.imageId, 36);
    expect(features.every((value) => value >= 0)).toBe(true);
    expect(features.some((value) => value > 1)).toBe(true);
    expect(boxes.every((value) => value >= 0 && value <= 1)).toBe(true);
  });

  test("hand out labels and confidences for masked object prediction", () => {
    const into = { objectIds: new Int32Array(4), attributeIds: new Int32Array(4), confidences: new Float32Array(4) };
    const { imageId } = minival[0]!;
    quick.regionLabels.fill(imageId, 3, into, 1);
    const [first] = quick.regions(imageId);
    expect([into.objectIds[1], into.attributeIds[1]]).toEqual([first?.objectId, first?.attributeId]);
    expect(into.confidences[1]).toBe(Math.fround(first?.confidence ?? 0));
    expect(into.confidences[0]).toBe(0);
  });

  test("have captions that speak of the scene", () => {
    for (const { imageId } of minival.slice(0, 100)) {
      const { place, objects } = quick.scene(imageId);
      const [relation = "", inventory = ""] = quick.captions(imageId);
      for (const caption of [relation, inventory]) expect(caption).toContain(place);
      expect(objects.some(({ color, kind }) => relation.includes(color) && relation.includes(kind))).toBe(true);
      for (const { kind } of objects) expect(inventory).toContain(kind);
    }
  });
});

describe("mini-VQA refuses", () => {
  test("a profile, a seed, a split, an image or a region count that it does not have", () => {
    expect(() => generateMiniVqa({ profile: "slow" as "quick" })).toThrow(DataError);
    expect(() => generateMiniVqa({ annotators: "kind" as "mild" })).toThrow(/choose mild or real/);
    expect(() => generateMiniVqa({ seed: 0.5 })).toThrow(/whole number/);
    expect(() => quick.split("testdev")).toThrow(/no split "testdev"; it has pretrain, train/);
    expect(() => quick.scene("MINI_train_000000000001")).toThrow(/no image/);
    expect(() => read(quick, "COCO_train2014_000000000009", 1)).toThrow(/no image/);
    expect(() => read(quick, minival[0]!.imageId, 37)).toThrow(/an image has 36/);
  });
});

function read(dataset: MiniVqa, imageId: string, count: number): { features: Float32Array; boxes: Float32Array } {
  const features = new Float32Array(count * dataset.featureWidth);
  const boxes = new Float32Array(count * 4);
  dataset.fillRegions(imageId, count, features, boxes, 0);
  return { features, boxes };
}

function pairs<T>(list: readonly T[]): [T, T][] {
  return Array.from({ length: list.length / 2 }, (_, i) => [list[2 * i]!, list[2 * i + 1]!]);
}
