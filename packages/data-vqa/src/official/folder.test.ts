import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DataError } from "../error.ts";
import { PRIOR_KEYS, priorPredictions } from "../priors.ts";
import { accuracy, softScores } from "../score.ts";
import { sharedPath } from "../testing/shared.ts";
import { openOfficialFolder } from "./folder.ts";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "vqa-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const questions = [
  { image_id: 9, question: "What color is the dog?", question_id: 9000, extra: "tolerated" },
  { image_id: 25, question: "Is it day?", question_id: 25001 },
];
const annotation = (question_id: number, answer: string, answer_type: string) => ({
  question_id,
  image_id: Math.floor(question_id / 1000),
  question_type: "what color is the",
  answer_type,
  multiple_choice_answer: answer,
  answers: Array.from({ length: 10 }, (_, i) => ({ answer, answer_confidence: "yes", answer_id: i + 1 })),
});
const annotations = [annotation(25001, "yes", "yes/no"), annotation(9000, "brown", "other")];

function write(name: string, value: unknown): void {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  writeFileSync(join(folder, name), name.endsWith(".gz") ? gzipSync(text) : text);
}

function writeTrain(): void {
  write("v2_OpenEnded_mscoco_train2014_questions.json", { info: {}, data_subtype: "train2014", questions });
  write("v2_mscoco_train2014_annotations.json", { annotations });
}

describe("a folder of official files", () => {
  test("gives questions with their annotations, whatever the order in the files", () => {
    writeTrain();
    const dataset = openOfficialFolder(folder, { trainingSplits: ["train2014"], minimumFrequency: 1 });
    expect(dataset.splitNames).toEqual(["train2014"]);
    expect(dataset.answers).toEqual(["yes", "brown"]);
    expect(dataset.split("train2014").questions[0]).toEqual({
      id: 9000,
      imageId: "COCO_train2014_000000000009",
      text: "What color is the dog?",
      questionType: "what color is the",
      answerType: "other",
      answers: new Array(10).fill("brown"),
      majorityAnswer: "brown",
      label: [[1, 1]],
    });
  });

  test("uses the answer vocabulary that lies in it", () => {
    writeTrain();
    write("trainval_label2ans.json", ["no", "yes"]);
    const dataset = openOfficialFolder(folder);
    expect(dataset.answers).toEqual(["no", "yes"]);
    expect(dataset.split("train2014").questions.map(({ label }) => label)).toEqual([[], [[1, 1]]]);
  });

  test("reads gzipped files, names of VQA v1 and test splits without answers", () => {
    write("trainval_label2ans.json", ["yes"]);
    write("OpenEnded_mscoco_train2014_questions.json.gz", { questions });
    write("mscoco_train2014_annotations.json.gz", { annotations });
    write("v2_OpenEnded_mscoco_test2015_questions.json", { questions });
    const dataset = openOfficialFolder(folder);
    expect(dataset.splitNames).toEqual(["train2014", "test2015"]);
    expect(dataset.split("train2014").questions[1]?.label).toEqual([[0, 1]]);
    const [hidden] = dataset.split("test2015").questions;
    expect([hidden?.imageId, hidden?.answers, hidden?.majorityAnswer]).toEqual([
      "COCO_test2015_000000000009",
      [],
      null,
    ]);
  });

  test("shows every image as one zero region", () => {
    writeTrain();
    write("trainval_label2ans.json", ["yes"]);
    const dataset = openOfficialFolder(folder, { featureWidth: 3 });
    const features = new Float32Array(6).fill(7);
    const boxes = new Float32Array(8);
    dataset.fillRegions("COCO_train2014_000000000009", 1, features, boxes, 1);
    expect([...features]).toEqual([7, 7, 7, 0, 0, 0]);
    expect([...boxes]).toEqual([0, 0, 0, 0, 0, 0, 1, 1]);
  });

  test("hashes its content", () => {
    writeTrain();
    const hash = () => openOfficialFolder(folder, { trainingSplits: ["train2014"], minimumFrequency: 1 }).hash;
    const before = hash();
    expect(hash()).toBe(before);
    write("v2_OpenEnded_mscoco_train2014_questions.json", {
      questions: questions.with(0, { ...questions[0]!, question: "What colour is the dog?" }),
    });
    expect(hash()).not.toBe(before);
  });
});

describe("a folder that is not right", () => {
  const open = () => openOfficialFolder(folder, { minimumFrequency: 1 }).split("train2014");
  const faults: [string, () => void, RegExp][] = [
    ["is missing", () => rmSync(folder, { recursive: true }), /does not exist/],
    ["has no questions", () => undefined, /holds no VQA questions/],
    ["is cut off", () => write("v2_OpenEnded_mscoco_train2014_questions.json", '{"questions": ['), /cut off/],
    ["is empty", () => write("v2_OpenEnded_mscoco_train2014_questions.json", ""), /is empty/],
    ["lacks the list", () => write("v2_OpenEnded_mscoco_train2014_questions.json", {}), /list named "questions"/],
    [
      "repeats a question id",
      () => write("v2_OpenEnded_mscoco_train2014_questions.json", { questions: [questions[0], questions[0]] }),
      /question id 9000 appears twice/,
    ],
    [
      "has nine answers",
      () => {
        const [first, second] = annotations;
        write("v2_mscoco_train2014_annotations.json", {
          annotations: [first, { ...second, answers: second?.answers.slice(1) }],
        });
      },
      /train2014_annotations.json: question 9000: answers/,
    ],
    [
      "disagrees about an image",
      () =>
        write("v2_mscoco_train2014_annotations.json", {
          annotations: annotations.map((one) => ({ ...one, image_id: 7 })),
        }),
      /question 9000 is about image 9 in .*, 7 in .*do not belong together/,
    ],
    [
      "lacks an annotation",
      () => write("v2_mscoco_train2014_annotations.json", { annotations: annotations.slice(1) }),
      /no annotation for question 25001/,
    ],
  ];
  for (const [fault, spoil, message] of faults) {
    test(`and ${fault} is refused with file and place`, () => {
      if (fault !== "has no questions") writeTrain();
      write("trainval_label2ans.json", ["yes"]);
      spoil();
      expect(open).toThrow(DataError);
      expect(open).toThrow(message);
      mkdirSync(folder, { recursive: true });
    });
  }
});

const real = sharedPath("realdata", "vqa2-60k");
describe.skipIf(real === null)("60,000 real questions of VQA v2", () => {
  test("give the published question-type prior on the valid split: 32.9 (64.0 / 26.9 / 9.0)", () => {
    const dataset = openOfficialFolder(real ?? "");
    const [training, valid] = [dataset.split("train").questions, dataset.split("valid").questions];
    expect([training.length, valid.length, dataset.split("test").questions.length]).toEqual([48_061, 8_977, 2_962]);
    const guesses = priorPredictions(dataset, training, valid, PRIOR_KEYS.questionType, "majority");
    const { overall, byAnswerType } = accuracy(valid, softScores(valid, guesses));
    expect(overall * 100).toBeCloseTo(32.9, 1);
    expect(byAnswerType["yes/no"]! * 100).toBeCloseTo(64.0, 1);
    expect(byAnswerType.number! * 100).toBeCloseTo(26.9, 1);
    expect(byAnswerType.other! * 100).toBeCloseTo(9.0, 1);
    const always = accuracy(
      valid,
      softScores(
        valid,
        valid.map(() => dataset.answers.indexOf("yes")),
      ),
    );
    expect(always.overall * 100).toBeCloseTo(20.85, 1);
  });
});
