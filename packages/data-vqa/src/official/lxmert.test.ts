import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BatchLoader } from "../batches.ts";
import { answerIndex } from "../label.ts";
import { sharedPath } from "../testing/shared.ts";
import { openOfficialFolder, openVqaFolder } from "./folder.ts";
import { readAnswers } from "./answers.ts";
import { readLxmertQuestions, toLxmert } from "./lxmert.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lxmert-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("LXMERT's question files", () => {
  const records = [
    {
      answer_type: "other",
      img_id: "A_1",
      label: { red: 0.3, blue: 1, pink: 0.6 },
      question_id: 7,
      question_type: "what",
      sent: "What?",
    },
    { img_id: "A_2", question_id: 8, sent: "Withheld?" },
  ];

  test("give questions with labels in the vocabulary, and are written back", () => {
    const path = join(folder, "train.json");
    writeFileSync(path, JSON.stringify(records));
    const answers = ["blue", "red"];
    const [first, second] = readLxmertQuestions(path, answerIndex(answers));
    expect(first).toEqual({
      ...{ id: 7, imageId: "A_1", text: "What?", questionType: "what", answerType: "other" },
      ...{
        answers: [],
        majorityAnswer: null,
        label: [
          [0, 1],
          [1, 0.3],
        ],
      },
    });
    expect(toLxmert(first!, answers)).toEqual({ ...records[0], label: { blue: 1, red: 0.3 } });
    expect(toLxmert(second!, answers)).toEqual(records[1]);
  });

  test("are refused with the question where a label or an image is wrong", () => {
    const path = join(folder, "train.json");
    const read = (record: object) => {
      writeFileSync(path, JSON.stringify([record]));
      return () => readLxmertQuestions(path, new Map());
    };
    expect(read({ ...records[0], label: { red: 1.5 } })).toThrow(/train.json: question 7: label.red/);
    expect(read({ ...records[0], img_id: "" })).toThrow(/train.json: question 7: img_id/);
    expect(read({ sent: "?" })).toThrow(/train.json: entry 0: question_id/);
  });
});

describe("LXMERT's answer maps", () => {
  const label2ans = (answers: unknown) =>
    writeFileSync(join(folder, "trainval_label2ans.json"), JSON.stringify(answers));
  const ans2label = (answers: unknown) =>
    writeFileSync(join(folder, "trainval_ans2label.json"), JSON.stringify(answers));

  test("give the vocabulary, either of them or both", () => {
    expect(readAnswers(folder)).toBeNull();
    ans2label({ no: 1, yes: 0 });
    expect(readAnswers(folder)).toEqual(["yes", "no"]);
    label2ans(["yes", "no"]);
    expect(readAnswers(folder)).toEqual(["yes", "no"]);
  });

  test("are refused where they repeat or skip an answer, or contradict each other", () => {
    const refused = (message: RegExp) => expect(() => readAnswers(folder)).toThrow(message);
    label2ans(["yes", "no", "yes"]);
    refused(/"yes" appears twice/);
    label2ans([]);
    refused(/lists no answers/);
    label2ans(["yes", "no"]);
    ans2label({ yes: 1, no: 0 });
    refused(/differ, first at index 0/);
    ans2label({ yes: 0, no: 2 });
    refused(/no answer has index 1/);
    ans2label({ yes: "0" });
    refused(/from answer to index/);
  });
});

const goldens = sharedPath("realdata", "goldens", "lxmert_format_77.json");
describe.skipIf(goldens === null)("building LXMERT's labels from official files", () => {
  test("gives LXMERT's own records of 77 real questions, with its 3,129 answers", () => {
    const real = (...parts: string[]) => sharedPath("realdata", ...parts) ?? "";
    const official = (split: string, questions: string, annotations: string) => {
      cpSync(questions, join(folder, `v2_OpenEnded_mscoco_${split}_questions.json`));
      cpSync(annotations, join(folder, `v2_mscoco_${split}_annotations.json`));
    };
    const one = (kind: string) => real("vqa-official-fixture", `v2_${kind}.458752.json`);
    official("one", one("OpenEnded_mscoco_train2014_questions"), one("mscoco_train2014_annotations"));
    const many = (kind: string) => real("coco-images", `v2_${kind}_train2014_224.json`);
    official("many", many("questions"), many("annotations"));
    cpSync(real("lxmert-vocab", "vqa_trainval_label2ans.json"), join(folder, "trainval_label2ans.json"));
    const dataset = openOfficialFolder(folder);
    expect(dataset.answers).toHaveLength(3129);
    const questions = ["one", "many"].flatMap((split) => dataset.split(split).questions);
    const built = new Map(questions.map((question) => [question.id, toLxmert(question, dataset.answers)]));
    const expected = JSON.parse(readFileSync(goldens ?? "", "utf8")) as { question_id: number }[];
    expect(expected).toHaveLength(77);
    for (const record of expected) expect(built.get(record.question_id)).toEqual(record);
  });
});

const oracle = sharedPath("oracle", "e2e", "data");
describe.skipIf(oracle === null)("LXMERT's data tree", () => {
  test("loads as LXMERT loads it: the same questions in order, one dropped for want of its image", async () => {
    cpSync(join(oracle ?? "", "vqa"), folder, { recursive: true });
    cpSync(join(oracle ?? "", "mscoco_imgfeat"), folder, { recursive: true });
    await expect(openVqaFolder(folder).then((dataset) => dataset.split("train"))).rejects.toThrow(
      /without features, e.g/,
    );
    const dataset = await openVqaFolder(folder, { missingImages: "drop" });
    const expected = JSON.parse(readFileSync(join(oracle ?? "", "..", "dataset_items.json"), "utf8")) as {
      len_minival: number;
      train_nominival_question_ids_in_order: number[];
    };
    const splits = [dataset.split("train"), dataset.split("nominival")];
    const loader = new BatchLoader(dataset, splits, {
      batchSize: 5,
      regions: 36,
      encode: (text) => [1, text.length, 2],
    });
    expect(loader.questions.map(({ id }) => id)).toEqual(expected.train_nominival_question_ids_in_order);
    expect(dataset.split("minival").questions).toHaveLength(expected.len_minival);
    expect(loader.batch(Uint32Array.of(0)).features.some((value) => value > 0)).toBe(true);
  });
});
