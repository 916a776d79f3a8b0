import { closeSync, readFileSync } from "node:fs";
import { z } from "zod";
import { openFile } from "../disk.ts";
import { DataError } from "../error.ts";
import { readAns2Label } from "../official/answers.ts";
import { emptyQuestion } from "../question.ts";
import { captionRecord } from "../official/captions.ts";
import { jsonStart, readJsonList } from "../official/json-list.ts";
import { lxmertRecord } from "../official/lxmert.ts";
import { predictionRecord } from "../official/predictions.ts";
import { annotationRecord, parseRecord, questionRecord, refuseTwice } from "../official/records.ts";
import { parseRegionRow, regionLines } from "../regions/tsv.ts";
import { type CheckReport, Findings } from "./report.ts";

/** A file's report, and what other files must agree with. */
export interface CheckedFile {
  readonly report: CheckReport;
  /** Question id to what the file calls its image; empty for files that are not about questions. */
  readonly questions: ReadonlyMap<number, string | number>;
  /** Images with features. */
  readonly images: ReadonlySet<string>;
  /** Widths of those features: one, where all is well. */
  readonly widths: ReadonlySet<number>;
}

/** What files that are not about questions or features hold of either. */
const NEITHER = { questions: new Map<number, number>(), images: new Set<string>(), widths: new Set<number>() };

/** Check one file, whichever of the known kinds it is. */
export function checkFile(path: string): CheckedFile {
  if (path.endsWith(".tsv")) return checkTsv(path);
  if (path.endsWith("_vocab.txt")) return checkNames(path);
  return path.endsWith("ans2label.json") ? checkAnswerMap(path) : checkJson(path);
}

/** What a detector can see or say of it, one name a line. */
function checkNames(path: string): CheckedFile {
  const findings = new Findings();
  const names = findings.try(() => {
    closeSync(openFile(path).file);
    return readFileSync(path, "utf8").trimEnd().split(/\r?\n/);
  });
  const empty = names?.findIndex((name) => name.trim() === "") ?? -1;
  if (empty >= 0) findings.add(`${path}:${empty + 1}: no name; every line is a name, its number the detector's`);
  const report = { path, kind: "detected names", summary: names ? `${names.length} names` : "" };
  return { ...NEITHER, report: { ...report, problems: findings.problems } };
}

function checkAnswerMap(path: string): CheckedFile {
  const findings = new Findings();
  const answers = findings.try(() => readAns2Label(path));
  const summary = answers ? `${answers.length} answers` : "";
  const report = { path, kind: "answer vocabulary", summary, problems: findings.problems };
  return { ...NEITHER, report };
}

function checkTsv(path: string): CheckedFile {
  const findings = new Findings();
  const images = new Set<string>();
  const seen = { fewest: Infinity, most: 0, widths: new Set<number>() };
  let line = 0;
  findings.try(() => {
    for (const bytes of regionLines(path)) {
      line++;
      findings.try(() => {
        const { imageId, count, featureWidth } = parseRegionRow(bytes, `${path}:${line}`);
        if (images.has(imageId))
          throw new DataError(`${path}:${line}: image ${imageId} appears a second time; remove one`);
        images.add(imageId);
        seen.widths.add(featureWidth);
        [seen.fewest, seen.most] = [Math.min(seen.fewest, count), Math.max(seen.most, count)];
      });
    }
  });
  const widths = [...seen.widths].join(", ");
  if (seen.widths.size > 1)
    findings.add(`${path}: features have different widths (${widths}); extract them with one model`);
  const boxes = seen.fewest === seen.most ? seen.most : `${seen.fewest} to ${seen.most}`;
  const summary =
    images.size === 0 ? "no whole row" : `${images.size} images, ${boxes} boxes each, features of ${widths}`;
  const report = { path, kind: "region features (TSV)", summary, problems: findings.problems };
  return { ...NEITHER, report, images, widths: seen.widths };
}

/** A kind of JSON file that is a list of records, told by what an entry has. */
interface ListKind {
  readonly kind: string;
  readonly unit: string;
  /** The list's name in its file; null for a bare list. */
  readonly key: string | null;
  readonly schema: z.ZodType<unknown>;
  readonly has: string | null;
}

const LIST_KINDS: readonly ListKind[] = [
  { kind: "VQA questions", unit: "questions", key: "questions", schema: questionRecord, has: "question" },
  { kind: "VQA annotations", unit: "annotations", key: "annotations", schema: annotationRecord, has: "answers" },
  { kind: "COCO captions", unit: "captions", key: "annotations", schema: captionRecord, has: "caption" },
  { kind: "LXMERT questions", unit: "questions", key: null, schema: lxmertRecord, has: "sent" },
  { kind: "predictions", unit: "predictions", key: null, schema: predictionRecord, has: "answer" },
  { kind: "answer vocabulary", unit: "answers", key: null, schema: z.string(), has: null },
];

function checkJson(path: string): CheckedFile {
  const findings = new Findings();
  const questions = new Map<number, string | number>();
  let kind: ListKind | null = null;
  let entries = 0;
  findings.try(() => {
    const key = listKey(path);
    readJsonList(path, key, (entry, index) => {
      kind ??= kindOf(entry, key, path);
      const { schema } = kind;
      findings.try(() => addQuestion(parseRecord(schema, entry, path, index), questions, path));
      entries++;
    });
  });
  const found = kind as ListKind | null;
  if (entries === 0 && findings.problems.length === 0) findings.add(`${path} lists nothing; fetch or write it again`);
  const summary = found ? `${entries} ${found.unit}${imageCount(questions)}` : "";
  const report = { path, kind: found?.kind ?? "JSON", summary, problems: findings.problems };
  return { ...NEITHER, report, questions };
}

/** Which list a JSON file holds: named by its beginning, or the file itself. */
function listKey(path: string): string | null {
  const start = jsonStart(path);
  const named = /"(questions|annotations)"\s*:\s*\[/.exec(start)?.[1];
  if (named !== undefined) return named;
  if (start.startsWith("{")) {
    throw new DataError(`${path}: an object with neither "questions" nor "annotations"; which file is it meant to be?`);
  }
  return null;
}

function kindOf(entry: unknown, key: string | null, path: string): ListKind {
  const kinds = LIST_KINDS.filter((kind) => kind.key === key);
  const isObject = typeof entry === "object" && entry !== null;
  const known = kinds.find(({ has }) =>
    has === null ? typeof entry === "string" : isObject && Object.hasOwn(entry, has),
  );
  if (known) return known;
  const expected = kinds.map(({ kind, has }) => (has === null ? kind : `${kind} (with "${has}")`)).join(", ");
  throw new DataError(`${path}: the first entry fits none of ${expected}`);
}

/** A record of a kind that speaks of a question: VQA's, LXMERT's, an annotation or a prediction. */
interface QuestionLike {
  readonly question_id: number;
  readonly image_id?: number;
  readonly img_id?: string;
  readonly question?: string;
  readonly sent?: string;
}

function isAboutQuestion(record: unknown): record is QuestionLike {
  return typeof record === "object" && record !== null && "question_id" in record;
}

function addQuestion(record: unknown, questions: Map<number, string | number>, path: string): void {
  if (!isAboutQuestion(record)) return;
  const { question_id: id, image_id: number, img_id: name, question: text = record.sent } = record;
  refuseTwice(questions, id, path);
  questions.set(id, name ?? number ?? "");
  if (text?.trim() === "") throw emptyQuestion(path, id);
}

function imageCount(questions: ReadonlyMap<number, string | number>): string {
  const images = new Set([...questions.values()].filter((image) => image !== ""));
  return images.size === 0 ? "" : ` about ${images.size} images`;
}
