import { describe, expect, test } from "vitest";
import { DataError } from "./error.ts";
import { majorityAnswer, softLabel } from "./label.ts";
import { PRIOR_KEYS, priorPredictions } from "./priors.ts";
import type { Question } from "./question.ts";
import { accuracy, softScores } from "./score.ts";

const vocabulary = ["yes", "no", "2", "red"];
const index = new Map(vocabulary.map((answer, i) => [answer, i]));

function ask(text: string, answerType: Question["answerType"], answers: readonly string[]): Question {
  const label = softLabel(answers, index);
  const base = { id: 1, imageId: "image", text, questionType: text.split(" ")[0] ?? "", answerType };
  return { ...base, answers, majorityAnswer: majorityAnswer(answers), label };
}

const questions = [
  ask("is it ?", "yes/no", ["yes", "yes", "yes", "yes", "no", "no", "no", "maybe", "maybe", "maybe"]),
  ask("is it big ?", "yes/no", ["no", "no", "no", "no", "no", "no", "no", "no", "yes", "yes"]),
  ask("how many ?", "number", ["2", "3", "4", "5", "6", "7", "8", "9", "10", "11"]),
  ask("what color ?", "other", ["crimson", "crimson", "ruby", "ruby", "ruby", "ruby", "ruby", "ruby", "ruby", "ruby"]),
];

describe("LXMERT's soft label", () => {
  test("scores 1, 2, 3, 4 and more annotators .3, .6, .9, 1 and knows only the vocabulary", () => {
    expect(questions.map(({ label }) => label)).toEqual([
      [
        [0, 1],
        [1, 0.9],
      ],
      [
        [0, 0.6],
        [1, 1],
      ],
      [[2, 0.3]],
      [],
    ]);
  });

  test("takes the first of equally frequent answers for the majority", () => {
    expect(majorityAnswer(["b", "a", "a", "b"])).toBe("b");
    expect(majorityAnswer([])).toBeNull();
  });
});

describe("accuracy", () => {
  test("is the mean score, overall and for each answer type that occurs", () => {
    const scores = softScores(questions, [1, 1, 2, 3]);
    expect([...scores]).toEqual([0.9, 1, 0.3, 0].map(Math.fround));
    const { overall, byAnswerType } = accuracy(questions, scores);
    expect(overall).toBeCloseTo(0.55, 6);
    expect(byAnswerType["yes/no"]).toBeCloseTo(0.95, 6);
    expect(byAnswerType.number).toBeCloseTo(0.3, 6);
    expect(byAnswerType.other).toBe(0);
    expect(accuracy(questions.slice(0, 2), [1, 1]).byAnswerType).toEqual({ "yes/no": 1 });
  });

  test("refuses a wrong number of predictions, no questions, and answers that are withheld", () => {
    expect(() => softScores(questions, [0])).toThrow(DataError);
    expect(() => accuracy([], [])).toThrow(/empty/);
    const withheld = questions.map((question) => ({ ...question, answers: [], label: [] }));
    expect(() => softScores(withheld, [0, 0, 0, 0])).toThrow(/withheld/);
  });
});

describe("a prior", () => {
  const predict = (key: keyof typeof PRIOR_KEYS, weight?: "majority") => [
    ...priorPredictions({ answers: vocabulary }, questions, questions, PRIOR_KEYS[key], weight),
  ];

  test("guesses by nothing, by question type, or by question", () => {
    expect(predict("constant")).toEqual([1, 1, 1, 1]);
    expect(predict("questionType")).toEqual([1, 1, 2, 1]);
    expect(predict("question")).toEqual([0, 1, 2, 1]);
  });

  test("can count majority answers in place of scores", () => {
    expect(predict("questionType", "majority")).toEqual([0, 0, 2, 0]);
  });
});
