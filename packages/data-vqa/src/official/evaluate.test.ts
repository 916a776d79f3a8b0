import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { DataError } from "../error.ts";
import { sharedPath } from "../testing/shared.ts";
import { evaluateLxmert, evaluateOfficial, type OfficialReport, officialPercent, officialScore } from "./evaluate.ts";
import { normalise, processDigitArticle, processPunctuation } from "./normalise.ts";
import { buildAnswerVocabulary } from "./vocabulary.ts";
import { evaluateFiles } from "./evaluate-files.ts";
import { predictionsText, readPredictions } from "./predictions.ts";
import { readAnnotations } from "./records.ts";

type Percentages = Record<string, number>;
interface OfficialAccuracy {
  overall: number;
  perAnswerType: Percentages;
  perQuestionType: Percentages;
}

const json = (path: string): unknown => {
  const bytes = readFileSync(path);
  return JSON.parse((path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString());
};
const percent = (fractions: Readonly<Record<string, number>>): Percentages =>
  Object.fromEntries(Object.entries(fractions).map(([key, value]) => [key, officialPercent(value)]));
const accuracyOf = ({ overall, perAnswerType, perQuestionType }: OfficialReport): OfficialAccuracy => ({
  overall: officialPercent(overall),
  perAnswerType: percent(perAnswerType),
  perQuestionType: percent(perQuestionType),
});
const answersOf = (...answers: string[]) => answers.map((answer, i) => ({ answer, answer_id: i + 1 }));
const ten = (...counts: [string, number][]) =>
  answersOf(...counts.flatMap(([answer, count]) => new Array<string>(count).fill(answer)));

describe("the official accuracy of an answer", () => {
  test("is the mean over ten leave-one-out sets of min(1, matches / 3)", () => {
    const given = ten(["red", 3], ["blue", 2], ["green", 4], ["pink", 1]);
    expect(officialScore(given, "red")).toBeCloseTo((7 * 1 + 3 * (2 / 3)) / 10, 12);
    expect(officialScore(given, "blue")).toBeCloseTo((8 * (2 / 3) + 2 * (1 / 3)) / 10, 12);
    expect(officialScore(given, "green")).toBe(1);
    expect(officialScore(given, "pink")).toBeCloseTo(0.3, 12);
    expect(officialScore(given, "grey")).toBe(0);
  });

  test("compares strings as they are when all ten are equal, and normalises the prediction when not", () => {
    expect(officialScore(ten(["yes", 10]), "Yes.")).toBe(0);
    expect(officialScore(ten(["yes", 10]), "\n yes\t")).toBe(1);
    expect(officialScore(ten(["yes", 9], ["no", 1]), "The Yes.")).toBe(1);
    expect(officialScore(ten(["2", 9], ["3", 1]), "two")).toBe(1);
    expect(officialScore(ten(["two", 9], ["3", 1]), "2")).toBe(1);
  });

  test("leaves out every record equal to an annotator's own", () => {
    const doubled = [1, 1, 2, 3].map((answer_id) => ({ answer: "red", answer_id }));
    const others = [4, 5, 6, 7, 8, 9].map((answer_id) => ({ answer: "blue", answer_id }));
    const expected = (2 * (2 / 3) + 2 * 1 + 6 * 1) / 10;
    expect(officialScore([...doubled, ...others], "red")).toBeCloseTo(expected, 12);
  });
});

describe("the official report", () => {
  const truths = [
    { question_id: 1, question_type: "is the", answer_type: "yes/no" as const, answers: ten(["yes", 10]) },
    { question_id: 2, question_type: "what", answer_type: "other" as const, answers: ten(["red", 1], ["blue", 9]) },
  ];

  test("breaks accuracy down by answer type, question type and question", () => {
    const report = evaluateOfficial(
      truths,
      new Map([
        [2, "red"],
        [1, "yes"],
      ]),
    );
    expect(report.n).toBe(2);
    expect(report.overall).toBeCloseTo(0.65, 12);
    expect(report.perAnswerType["yes/no"]).toBe(1);
    expect(report.perQuestionType["what"]).toBeCloseTo(0.3, 12);
    expect(report.perQuestion.get(2)).toBeCloseTo(0.3, 12);
  });

  test("needs exactly the annotated questions", () => {
    expect(() => evaluateOfficial(truths, new Map([[1, "yes"]]))).toThrow(/1 of 2 annotated questions have no/);
    expect(() =>
      evaluateOfficial(
        truths,
        new Map([
          [1, "yes"],
          [2, "no"],
          [7, "no"],
        ]),
      ),
    ).toThrow(DataError);
  });

  test("prints percent with two decimals, ties to even", () => {
    expect([0.12345, 0.00125, 0.00375, 0.5, 1 / 3].map(officialPercent)).toEqual([12.35, 0.12, 0.38, 50, 33.33]);
  });
});

describe("normalisation", () => {
  test("leaves its own output alone where no comma, period or contraction is left", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const once = normalise(text);
        if (!/[.']/.test(once)) expect(normalise(once)).toBe(once);
      }),
    );
  });

  test("tests marks on the input but edits the output, and a comma between digits deletes every mark", () => {
    expect(processPunctuation("black/white")).toBe("black white");
    expect(processPunctuation("black /white/grey")).toBe("black whitegrey");
    // The ";" becomes a space beside the "-", which the "-" does not see: it looks at the text as it was given.
    expect(processPunctuation("red;-blue")).toBe("red  blue");
    expect(processPunctuation("1,000-2")).toBe("10002");
    expect(processPunctuation("3.5 lbs.")).toBe("3.5 lbs");
    expect(processPunctuation(".".repeat(35))).toBe("...");
    expect(processDigitArticle("None of A dozen dont")).toBe("0 of dozen don't");
  });

  test("drops all three articles, knows one contraction that goes the wrong way, and never a capital one", () => {
    expect(processDigitArticle("The man in an hat with a dog")).toBe("man in hat with dog");
    expect(processDigitArticle("somebodyd somebody'd couldnt've couldn'tve")).toBe(
      "somebodyd somebodyd couldn't've couldn't've",
    );
    expect(processDigitArticle("Im ID")).toBe("im id");
    expect(processDigitArticle("zero one two three four five six seven eight nine ten")).toBe("0 1 2 3 4 5 6 7 8 9 10");
  });

  test("splits at white space as Python sees it, and leaves no comma", () => {
    expect(processDigitArticle("red\u001cblue\u0085grey\ufeffpink")).toBe("red blue grey\ufeffpink");
    expect(normalise("1,5 red , blue")).toBe("15 red blue");
    expect(normalise("red,blue")).toBe("red blue");
  });

  test("makes a vocabulary of what at least nine questions agree on", () => {
    const majority = [
      ...Array<string>(9).fill("a dog"),
      ...Array<string>(8).fill("cat"),
      "Dog",
      ...Array<string>(12).fill("2"),
    ];
    expect(buildAnswerVocabulary(majority)).toEqual(["2", "dog"]);
    expect(buildAnswerVocabulary(majority, 8)).toEqual(["2", "dog", "cat"]);
  });
});

const official = sharedPath("oracle", "eval", "official");
describe.skipIf(official === null)("the reference evaluation's made-up fixtures", () => {
  const at = (name: string) => join(official ?? "", name);

  test("normalise to the same strings", () => {
    type Case = Record<"in" | "processPunctuation" | "processDigitArticle" | "both", string>;
    for (const expected of json(at("normalise.json")) as Case[]) {
      const text = expected.in;
      const both = normalise(text);
      expect({
        in: text,
        processPunctuation: processPunctuation(text),
        processDigitArticle: processDigitArticle(text),
        both,
      }).toEqual(expected);
    }
    for (const [lacking, whole] of Object.entries(
      json(at("contractions_that_change.json")) as Record<string, string>,
    )) {
      expect(processDigitArticle(lacking)).toBe(whole);
    }
  });

  test("score the same to twelve decimals, overall, by type and by question, whole and in part", () => {
    type Scored = { accuracy: OfficialAccuracy; evalQA: Percentages };
    const expected = json(at("expected.json")) as Scored & {
      evalQA_12_decimals: Percentages;
      subset: { question_ids: number[]; accuracy: OfficialAccuracy };
    };
    const truths = [...readAnnotations(at("annotations.json")).values()];
    const predictions = readPredictions(at("results.json"));
    const report = evaluateOfficial(truths, predictions);
    expect(accuracyOf(report)).toEqual(expected.accuracy);
    for (const [id, value] of Object.entries(expected.evalQA_12_decimals)) {
      expect(100 * (report.perQuestion.get(Number(id)) ?? NaN)).toBeCloseTo(value, 10);
    }
    const ids = new Set(expected.subset.question_ids);
    const part = evaluateOfficial(
      truths.filter(({ question_id }) => ids.has(question_id)),
      new Map([...predictions].filter(([id]) => ids.has(id))),
    );
    expect(accuracyOf(part)).toEqual(expected.subset.accuracy);
  });
});

const goldens = sharedPath("realdata", "goldens");
describe.skipIf(goldens === null)("the reference evaluation on 2,962 real questions", () => {
  const at = (name: string) => join(goldens ?? "", name);
  const truths = goldens ? [...readAnnotations(at("v2_mscoco_train2014_annotations.slice2962.json.gz")).values()] : [];
  const accuracies = (goldens ? json(at("official_accuracy.json")) : {}) as Record<string, OfficialAccuracy>;
  const perQuestion = (goldens ? json(at("official_evalQA.json.gz")) : {}) as Record<string, Percentages>;

  for (const [name, expected] of Object.entries(accuracies)) {
    test(`gives the same for ${name}`, () => {
      const report = evaluateOfficial(truths, readPredictions(at(`pred_${name}.json.gz`)));
      expect(accuracyOf(report)).toEqual(expected);
      expect(percent(Object.fromEntries(report.perQuestion))).toEqual(perQuestion[name]);
    });
  }
});

describe("evaluating files", () => {
  const folder = mkdtempSync(join(tmpdir(), "evaluate-"));
  const at = (name: string) => join(folder, name);
  const ids = [1, 2];
  writeFileSync(
    at("questions"),
    JSON.stringify({ questions: ids.map((id) => ({ question_id: id, image_id: 1, question: "?" })) }),
  );
  const answers = ten(["yes", 3], ["no", 7]);
  const annotations = ids.map((question_id) => ({
    ...{ question_id, image_id: 1, question_type: "is", answer_type: "yes/no", multiple_choice_answer: "no", answers },
  }));
  writeFileSync(at("annotations"), JSON.stringify({ annotations }));
  const files = { questions: at("questions"), annotations: at("annotations"), predictions: at("predictions") };
  afterAll(() => rmSync(folder, { recursive: true }));

  test("gives percent by type and by question, with either metric", () => {
    writeFileSync(
      files.predictions,
      predictionsText(
        new Map([
          [1, "yes"],
          [2, "NO"],
        ]),
      ),
    );
    expect(evaluateFiles(files)).toEqual({
      summary: { overall: 95, perAnswerType: { "yes/no": 95 }, perQuestionType: { is: 95 }, n: 2 },
      perQuestion: { 1: 90, 2: 100 },
    });
    expect(evaluateFiles(files, "lxmert").perQuestion).toEqual({ 1: 90, 2: 0 });
  });

  test("refuses files of different splits, and predictions that are missing or twice there", () => {
    writeFileSync(files.predictions, predictionsText(new Map([[1, "yes"]])));
    expect(() => evaluateFiles(files)).toThrow(/1 of 2 annotated questions have no prediction/);
    writeFileSync(files.predictions, '[{"question_id": 1, "answer": "a"}, {"question_id": 1, "answer": "b"}]');
    expect(() => evaluateFiles(files)).toThrow(/question id 1 appears twice/);
    writeFileSync(at("others"), JSON.stringify({ questions: [{ question_id: 9, image_id: 1, question: "?" }] }));
    expect(() => evaluateFiles({ ...files, questions: at("others") })).toThrow(
      /e.g. 9 is not annotated; give the two files/,
    );
  });
});

const lxmert = sharedPath("oracle", "eval", "vqa_evaluator.json");
describe.skipIf(lxmert === null)("LXMERT's own evaluator", () => {
  test("gives the same score", () => {
    const { data, predictions, score } = json(lxmert ?? "") as {
      data: { question_id: number; label: Percentages }[];
      predictions: [number, string][];
      score: number;
    };
    const labels = new Map(data.map(({ question_id, label }) => [question_id, label]));
    expect(evaluateLxmert(labels, new Map(predictions))).toBeCloseTo(score, 12);
  });

  test("writes the same submission", () => {
    const { predictions } = json(lxmert ?? "") as { predictions: [number, string][] };
    const folder = mkdtempSync(join(tmpdir(), "submission-"));
    const path = join(folder, "predictions.json");
    writeFileSync(path, predictionsText(new Map(predictions)));
    expect(json(path)).toEqual(json(join(lxmert ?? "", "..", "dump_result.json")));
    rmSync(folder, { recursive: true });
  });
});
