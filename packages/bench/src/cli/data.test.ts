import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { command, newFolder } from "../fixtures/arithmetic-run.ts";

interface Annotation {
  readonly question_id: number;
  readonly multiple_choice_answer: string;
}

let folder: string;
const data = (...words: string[]) => command(folder, "data", ...words);
const inMini = (name: string): string => join("mini", name);
const QUESTIONS = inMini("v2_OpenEnded_mscoco_minival_questions.json");
const ANNOTATIONS = inMini("v2_mscoco_minival_annotations.json");

beforeAll(async () => {
  folder = newFolder();
  const made = await data(
    "generate",
    "mini-vqa",
    "--profile",
    "quick",
    "--splits",
    "nominival,minival",
    "--out",
    "mini",
  );
  expect(made).toMatchObject({ code: 0, stderr: "" });
  expect(made.stdout).toMatch(/^minival {4}1,000 images, 1,600 questions$/m);
});

describe("a generated dataset", () => {
  test("is checked without a fault", async () => {
    const { code, stdout } = await data("check", "mini");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ok {5}mini: folder, splits minival, nominival; 2 feature files; 44 answers$/m);
    expect(stdout).toMatch(/, 0 with faults$/m);
  });

  test("is another one with another seed, profile or other annotators, and never written over files", async () => {
    const variants = [
      ["--seed", "1"],
      ["--annotators", "real"],
      ["--profile", "hard"],
    ];
    const texts = await Promise.all(
      variants.map(async (words, i) => {
        await data("generate", "mini-vqa", ...words, "--splits", "nominival", "--out", `other${i}`);
        return readFileSync(join(folder, `other${i}`, "v2_mscoco_nominival_annotations.json"), "utf8");
      }),
    );
    const first = readFileSync(join(folder, inMini("v2_mscoco_nominival_annotations.json")), "utf8");
    expect(new Set([first, ...texts]).size).toBe(4);
    const again = await data("generate", "mini-vqa", "--out", "mini");
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining("not empty") as string });
  });

  test("can be a study's folder", async () => {
    const study = {
      name: "mine",
      dataset: { kind: "folder", path: "mini", train: ["nominival"], selection: null, report: "minival" },
      start: { kind: "random" },
      ...{ methods: ["magnitude"], sparsities: [0.5], seeds: [0] },
    };
    writeFileSync(join(folder, "mine.yaml"), JSON.stringify(study));
    const { code, stdout } = await command(folder, "plan", "mine.yaml");
    expect(stdout).toMatch(/^study mine, plan [0-9a-f]{12}: 1 method x 1 sparsity x 1 seed$/m);
    expect(code).toBe(0);
    expect(existsSync(join(folder, inMini("minival_obj36.regions")))).toBe(true);
  });
});

describe("faults", () => {
  test("in files are all told, with exit code 2", async () => {
    writeFileSync(
      join(folder, "cut_obj36.tsv"),
      readFileSync(join(folder, inMini("minival_obj36.tsv"))).subarray(0, 300),
    );
    const { code, stdout, stderr } = await data("check", "cut_obj36.tsv", "nowhere", QUESTIONS);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^cut_obj36.tsv:1: 4 columns instead of 10.*\nnowhere does not exist$/m);
    expect(stdout).toMatch(/^3 checked, 2 with faults$/m);
  });

  test.each([
    [["generate", "maxi-vqa", "--out", "x"], /Allowed choices are mini-vqa/],
    [["generate", "mini-vqa", "--out", "x", "--profile", "fast"], /Allowed choices are quick, standard, hard/],
    [["generate", "mini-vqa", "--out", "x", "--seed", "-1"], /Expected a whole number from 0 up/],
    [["generate", "mini-vqa", "--out", "x", "--splits", "trian"], /no split "trian"/],
    [["check"], /missing required argument/],
    [["evaluate", "--questions", QUESTIONS], /required option '--annotations <file>'/],
    [["generate", "mini-vqa", "--out", QUESTIONS], /a file stands where a folder is needed/],
    [["convert", "nowhere.tsv", "--out", "x"], /nowhere.tsv does not exist/],
  ])("in what is asked end with 2: %j", async (words, message) => {
    const { code, stderr } = await data(...words);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n {4}at /);
    expect(code).toBe(2);
  });
});

describe("predictions", () => {
  const evaluate = (...words: string[]) =>
    data("evaluate", "--questions", QUESTIONS, "--annotations", ANNOTATIONS, "--predictions", "answers.json", ...words);

  test("are scored as JSON and nothing else, and question by question", async () => {
    const { annotations } = JSON.parse(readFileSync(join(folder, ANNOTATIONS), "utf8")) as {
      annotations: Annotation[];
    };
    const answers = annotations.map(({ question_id, multiple_choice_answer: answer }) => ({ question_id, answer }));
    writeFileSync(join(folder, "answers.json"), JSON.stringify(answers));
    const { code, stdout } = await evaluate("--json", "--per-question", "scores.json");
    expect(code).toBe(0);
    const summary = JSON.parse(stdout) as { overall: number; n: number };
    expect(Object.keys(summary)).toEqual(["overall", "perAnswerType", "perQuestionType", "n"]);
    const scores = Object.values(
      JSON.parse(readFileSync(join(folder, "scores.json"), "utf8")) as Record<string, number>,
    );
    expect(scores).toHaveLength(summary.n);
    expect(scores.reduce((sum, score) => sum + score, 0) / summary.n).toBeCloseTo(summary.overall, 1);
    expect(summary.overall).toBeGreaterThan(95);
    const table = await evaluate("--metric", "lxmert");
    expect(table.stdout).toMatch(/^overall +1,600 questions, lxmert metric +\d+\.\d\d$/m);
    writeFileSync(join(folder, "answers.json"), JSON.stringify(answers.slice(1)));
    const short = await evaluate();
    expect(short).toMatchObject({ code: 2, stderr: expect.stringContaining("1 of 1600") as string });
  });
});

test("the answers of training questions become a vocabulary, whose size is told", async () => {
  const annotations = JSON.parse(
    readFileSync(join(folder, inMini("v2_mscoco_nominival_annotations.json")), "utf8"),
  ) as {
    annotations: Annotation[];
  };
  const counts = Object.groupBy(annotations.annotations, (annotation) => annotation.multiple_choice_answer);
  const frequent = Object.values(counts).filter((each) => (each?.length ?? 0) >= 9).length;
  const made = await data("vocabulary", "mini", "--out", "answers.json");
  expect(made).toMatchObject({ code: 0, stderr: "" });
  expect(made.stdout).toBe(`${frequent} answers of at least 9 training questions each, in answers.json\n`);
  expect(JSON.parse(readFileSync(join(folder, "answers.json"), "utf8"))).toHaveLength(frequent);
  const never = await data("vocabulary", "mini", "--frequency", "0");
  expect(never).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/--frequency.*whole number from 1 up/) as string,
  });
  const none = await data("vocabulary", "mini", "--frequency", "9999");
  expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining("no answer is frequent enough") as string });
});

test("a feature file becomes a store, which is left alone when it is whole", async () => {
  const words = ["convert", inMini("nominival_obj36.tsv"), "--out", "half.regions", "--type", "float16"];
  const first = await data(...words);
  expect(first.stdout).toMatch(/^half.regions: 300 images, 36 regions each, features of 64 as float16, 1.7 MB$/m);
  expect((await data("check", "half.regions")).code).toBe(0);
  const written = readFileSync(join(folder, "half.regions", "manifest.json"), "utf8");
  expect(await data(...words)).toEqual(first);
  expect(readFileSync(join(folder, "half.regions", "manifest.json"), "utf8")).toBe(written);
  const other = await data(...words.slice(0, -1), "float32");
  expect(other).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("already holds features of nominival_obj36.tsv as float16, not float32") as string,
  });
});
