import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BatchLoader } from "../batches.ts";
import { DataError } from "../error.ts";
import { openVqaFolder } from "../official/folder.ts";
import { formatRow } from "../regions/tsv.ts";
import { FILES, smallRow, writeWholeFiles } from "../testing/whole-folder.ts";
import { checkPath } from "./path.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bad-"));
  writeWholeFiles(folder);
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string) => join(folder, name);
const edit = (name: string, change: (text: string) => string) =>
  writeFileSync(at(name), change(readFileSync(at(name), "utf8")));
/** The second image's row with one column changed. */
const editRow = (column: number, change: (cell: string) => string) =>
  edit(FILES.features, (text) => {
    const lines = text.split("\n");
    const cells = (lines[1] ?? "").split("\t");
    return lines.with(1, cells.with(column, change(cells[column] ?? "")).join("\t")).join("\n");
  });
const instead = (name: string, write: (path: string) => void) => {
  rmSync(at(name));
  write(at(name));
};

const FAULTS: readonly (readonly [fault: string, spoil: () => void, says: RegExp])[] = [
  [
    "a truncated TSV",
    () => edit(FILES.features, (text) => text.slice(0, -5)),
    /all_obj36\.tsv:3: image MINI_train_0+3: features has \d+ base64/,
  ],
  [
    "a wrong base64 length",
    () => editRow(8, (cell) => cell.slice(4)),
    /all_obj36\.tsv:2: image MINI_train_0+2: boxes has/,
  ],
  ["a box outside the image", () => editRow(1, () => "320"), /all_obj36\.tsv:2: .* is outside its 640 x 320 image/],
  [
    "NaN features",
    () => {
      const { imageId, ...row } = smallRow("MINI_train_000000000002");
      const broken = formatRow({ ...row, imageId, features: row.features.with(4, NaN) });
      edit(FILES.features, (text) => text.split("\n").with(1, broken).join("\n"));
    },
    /all_obj36\.tsv:2: .*features 4 is NaN/,
  ],
  [
    "a duplicated question id",
    () => edit(FILES.questions, (text) => text.replace('"question_id":2000', '"question_id":1000')),
    /train_questions\.json: question id 1000 appears twice/,
  ],
  [
    "an answer list of 9",
    () => edit(FILES.annotations, (text) => text.replace(/,\{"answer":"not sure",[^}]*\}/, "")),
    /train_annotations\.json: question 1000: answers: 9 answers, expected those of ten annotators; correct/,
  ],
  [
    "a question without image",
    () => edit(FILES.questions, (text) => text.replace('"image_id":2,', "")),
    /train_questions\.json: question 2000: image_id is missing; correct/,
  ],
  [
    "a question without a word",
    () => edit(FILES.questions, (text) => text.replace("is this picture 2 ?", " ")),
    /: question 2000 is empty; give it a text/,
  ],
  [
    "a question about another image than its annotation",
    () => edit(FILES.annotations, (text) => text.replace('"image_id":2', '"image_id":3')),
    /questions?\b.* about (image 2|another image)/,
  ],
  [
    "features of two widths",
    () =>
      writeFileSync(at("more_obj36.tsv"), formatRow({ ...smallRow("MINI_train_4"), features: new Float32Array(8) })),
    /features (have different widths|of width 4)/,
  ],
  [
    "an image in two feature files",
    () => writeFileSync(at("more_obj36.tsv"), formatRow(smallRow("MINI_train_000000000002"))),
    /MINI_train_000000000002 (is both )?in .*obj36/,
  ],
  [
    "an image without features",
    () => edit(FILES.features, (text) => text.split("\n").slice(1).join("\n")),
    /questions (of \S+ )?are about images without features, e\.g\. \d+ about/,
  ],
  [
    "invalid UTF-8",
    () => {
      const bytes = readFileSync(at(FILES.questions));
      bytes[bytes.indexOf("picture")] = 0xff;
      writeFileSync(at(FILES.questions), bytes);
    },
    /train_questions\.json is not valid UTF-8 at byte \d+; it is damaged/,
  ],
  ["a 0-byte feature file", () => writeFileSync(at(FILES.features), ""), /all_obj36\.tsv is empty/],
  ["a 0-byte question file", () => writeFileSync(at(FILES.questions), ""), /train_questions\.json is empty/],
  ["a directory instead of a feature file", () => instead(FILES.features, mkdirSync), /all_obj36\.tsv is not a file/],
  [
    "a directory instead of a question file",
    () => instead(FILES.questions, mkdirSync),
    /train_questions\.json is not a file; name the file itself/,
  ],
];

test.each(FAULTS)(
  "%s is one clear error for a study, the same in the check, and leaves no store",
  async (_, spoil, says) => {
    spoil();
    const read = async () => {
      const dataset = await openVqaFolder(folder);
      for (const name of dataset.splitNames) {
        const options = { batchSize: 2, regions: 2, encode: () => [101, 102] };
        for (const { features } of new BatchLoader(dataset, dataset.split(name), options).batches()) features.at(0);
      }
    };
    const error = await read().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DataError);
    expect((error as DataError).message).toMatch(says);
    expect(
      checkPath(folder)
        .flatMap(({ problems }) => problems)
        .join("\n"),
    ).toMatch(says);
    const store = at("all_obj36.regions");
    if (/all_obj36/.test(says.source)) expect(existsSync(join(store, "manifest.json"))).toBe(false);
  },
);
