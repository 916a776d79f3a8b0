import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { generateMiniVqa } from "../mini/generate.ts";
import { writeMiniVqa } from "../mini/write.ts";
import { convertRegions } from "../regions/convert.ts";
import { formatRow, parseRegionRow } from "../regions/tsv.ts";
import { checkPath } from "./path.ts";

const pristine = mkdtempSync(join(tmpdir(), "check-"));
let folder: string;
const at = (name: string) => join(folder, name);
const edit = (name: string, change: (text: string) => string) =>
  writeFileSync(at(name), change(readFileSync(at(name), "utf8")));
const problems = (path: string) => checkPath(path).flatMap((report) => report.problems);

const QUESTIONS = "v2_OpenEnded_mscoco_nominival_questions.json";
const ANNOTATIONS = "v2_mscoco_nominival_annotations.json";
const FEATURES = "nominival_obj36.tsv";

beforeAll(() => writeMiniVqa(generateMiniVqa(), pristine, { splits: ["nominival"] }));
afterAll(() => rmSync(pristine, { recursive: true }));
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "check-"));
  cpSync(pristine, folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("checking", () => {
  test("a whole folder says what is in it and finds nothing wrong", () => {
    const reports = checkPath(folder);
    expect(reports.flatMap((report) => report.problems)).toEqual([]);
    expect(reports.map(({ kind, summary }) => [kind, summary])).toEqual([
      ["VQA questions", "480 questions about 300 images"],
      ["VQA annotations", "480 annotations about 300 images"],
      ["region features (TSV)", "300 images, 36 boxes each, features of 64"],
      ["COCO captions", "600 captions"],
      ["detected names", "6 names"],
      ["LXMERT questions", "480 questions about 300 images"],
      ["detected names", "12 names"],
      ["answer vocabulary", "44 answers"],
      ["answer vocabulary", "44 answers"],
      ["folder", "splits nominival; 1 feature files; 44 answers"],
    ]);
  });

  test("single files tells each kind", async () => {
    writeFileSync(at("predictions.json"), '[{"question_id": 1, "answer": "yes"}]');
    const kind = (name: string) => checkPath(at(name))[0]?.kind;
    expect(kind("nominival.json")).toBe("LXMERT questions");
    expect(kind("predictions.json")).toBe("predictions");
    expect(kind("trainval_label2ans.json")).toBe("answer vocabulary");
    expect(checkPath(at("trainval_ans2label.json"))[0]).toMatchObject({
      kind: "answer vocabulary",
      summary: "44 answers",
    });
    await convertRegions(at(FEATURES), at("store"));
    expect(checkPath(at("store"))).toEqual([
      {
        path: at("store"),
        kind: "region store",
        summary: "300 images of nominival_obj36.tsv, features of 64 as float32",
        problems: [],
      },
    ]);
  });

  test("tells every broken row of a feature file by its line", () => {
    edit(FEATURES, (text) => {
      const lines = text.split("\n");
      return lines.with(4, lines[4]!.slice(0, -7)).with(9, lines[8]!).join("\n");
    });
    const found = problems(at(FEATURES));
    expect(found).toHaveLength(2);
    expect(found[0]).toMatch(/obj36.tsv:5: image MINI_nominival_\d+: features has \d+ base64/);
    expect(found[1]).toMatch(/obj36.tsv:10: image MINI_nominival_\d+ appears a second time/);
  });

  test("tells every bad record, and counts what is too much to tell", () => {
    edit(ANNOTATIONS, (text) => text.replaceAll('"answer_type":"number"', '"answer_type":"numeral"'));
    const found = problems(at(ANNOTATIONS));
    expect(found).toHaveLength(21);
    expect(found[0]).toMatch(/annotations.json: question \d+: answer_type/);
    expect(found[20]).toMatch(/^and \d+ more$/);
  });

  test("finds what does not fit between the files of a folder", () => {
    edit(FEATURES, (text) => text.split("\n").slice(1).join("\n"));
    edit(QUESTIONS, (text) => text.replace(/\{"image_id":\d+,"question":"[^"]*","question_id":\d+\},/, ""));
    edit("trainval_label2ans.json", (text) => text.replace('"yes","no"', '"no","yes"'));
    const found = problems(folder);
    expect(found).toHaveLength(3);
    expect(found[0]).toMatch(/^nominival: 1 annotations in .* have no question, e.g. \d+$/);
    expect(found[1]).toMatch(/^nominival: \d questions are about images without features, e.g. \d+ about \d+$/);
    expect(found[2]).toMatch(/first at index 0/);
  });

  test("reads what lies beside the files that a study reads", () => {
    writeFileSync(at("nominival.json"), "[{}]");
    edit("objects_vocab.txt", (text) => text.replace("\n", "\n\n"));
    expect(problems(folder)).toEqual([
      expect.stringContaining("nominival.json: the first entry fits none of LXMERT questions"),
      `${at("objects_vocab.txt")}:2: no name; every line is a name, its number the detector's`,
    ]);
  });

  test("finds images that a question and its annotation call by two numbers", () => {
    edit(ANNOTATIONS, (text) => text.replace(/"image_id":(\d+)/, '"image_id":1$1'));
    expect(problems(folder)).toEqual([
      expect.stringMatching(
        /^nominival: 1 questions are about another image than their annotation in .*, e\.g\. \d+ about/,
      ),
    ]);
  });

  test("finds features of two widths, and images that two feature files hold", () => {
    const [line = ""] = readFileSync(at(FEATURES), "utf8").split("\n");
    const narrow = { ...parseRegionRow(line, ""), features: new Float32Array(36 * 32) };
    writeFileSync(at("other_obj36.tsv"), formatRow(narrow));
    expect(problems(folder)).toEqual([
      expect.stringMatching(
        /^.*other_obj36\.tsv: 1 images are also in another feature file, e\.g\. MINI_\S+ in .*nominival/,
      ),
      expect.stringMatching(
        /^features have different widths \(64 in .*nominival_obj36\.tsv, 32 in .*other_obj36\.tsv\)/,
      ),
    ]);
  });

  test("never throws at what is no data at all", async () => {
    expect(problems(at("nothing.json"))).toEqual([`${at("nothing.json")} does not exist`]);
    const cases: [string, string | Uint8Array, RegExp][] = [
      ["empty.json", "", /is empty/],
      ["empty.tsv", "", /is empty/],
      ["other.json", '{"a": 1}', /neither "questions" nor "annotations"/],
      ["none.json", "[]", /lists nothing/],
      ["questions.json", '{"questions": []}', /lists nothing/],
      ["objects_vocab.txt", "", /:1: no name/],
      ["list.json", "[[1]]", /fits none of LXMERT questions/],
      ["scalar.json", "42", /expected a list/],
      ["binary.json", Uint8Array.from({ length: 999 }, (_, i) => i * 7), /UTF-8|JSON|list/],
      ["cut.json.gz", Uint8Array.of(0x1f, 0x8b, 8, 0), /cannot be decompressed/],
    ];
    for (const [name, content, message] of cases) {
      writeFileSync(at(name), content);
      expect(problems(at(name)).join(), name).toMatch(message);
    }
    await convertRegions(at(FEATURES), at("store"));
    writeFileSync(at("store/regions.bin"), "short");
    expect(problems(at("store"))[0]).toMatch(/has 5 bytes instead of/);
  });
});
