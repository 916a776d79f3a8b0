import { describe, expect, test } from "vitest";
import { DataError } from "./error.ts";
import { generateMiniVqa } from "./mini/generate.ts";
import { openOfficialFolder } from "./official/folder.ts";
import { checkRoles, describeLeak, imageLeak } from "./roles.ts";
import { sharedPath } from "./testing/shared.ts";

const dataset = generateMiniVqa();

describe("the roles of splits", () => {
  test("are fine where every split has one, and mini-VQA leaks no image", () => {
    expect(
      checkRoles(dataset, { training: ["pretrain", "train"], selection: "nominival", reported: "minival" }),
    ).toEqual([]);
  });

  test("are refused where the reported split is trained on or selects the model, or has no answers", () => {
    const refused = (training: string[], selection: string | null, reported: string, message: RegExp) => {
      expect(() => checkRoles(dataset, { training, selection, reported })).toThrow(message);
      expect(() => checkRoles(dataset, { training, selection, reported })).toThrow(DataError);
    };
    refused(["train", "minival"], null, "minival", /both trained on and evaluated on/);
    refused(["train"], "minival", "minival", /selected on minival, the split that is reported/);
    refused(["train", "nominival"], "nominival", "minival", /nominival is both/);
    refused(["train"], null, "test", /answers of split test are withheld/);
    refused([], null, "minival", /no training split/);
    refused(["trian"], null, "minival", /no split "trian"/);
  });

  test("are refused where a question has no word, before anything is trained", () => {
    const { questions } = dataset.split("minival");
    const blank = { ...questions[3]!, text: " \t" };
    const spoiled = {
      split: (name: string) =>
        name === "minival" ? { name, questions: questions.with(3, blank) } : dataset.split(name),
    };
    expect(() => checkRoles(spoiled, { training: ["train"], selection: null, reported: "minival" })).toThrow(
      `split minival: question ${blank.id} is empty; give it a text, or remove it and its annotation`,
    );
  });

  test("count and name images that training and evaluation share", () => {
    const { questions } = dataset.split("train");
    const leaky = {
      split: (name: string) => ({ name, questions: name === "train" ? questions : questions.slice(0, 16) }),
    };
    const [leak, ...more] = checkRoles(leaky, { training: ["train"], selection: null, reported: "valid" });
    expect(more).toEqual([]);
    expect([leak?.questions, leak?.images.length]).toEqual([16, 10]);
    expect(describeLeak(leak!)).toMatch(/^valid shares 10 images \(16 questions\) with train: MINI_train_\d+, /);
  });
});

const real = sharedPath("realdata", "vqa2-60k");
describe.skipIf(real === null)("60,000 real questions", () => {
  test("share 3,930 images between train and valid", () => {
    const folder = openOfficialFolder(real ?? "");
    expect(imageLeak(folder.split("train"), folder.split("valid")).images).toHaveLength(3930);
  });
});
