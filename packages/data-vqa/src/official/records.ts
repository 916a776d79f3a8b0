import { z } from "zod";
import { DataError } from "../error.ts";
import { ANSWER_TYPES } from "../question.ts";
import { readJsonList } from "./json-list.ts";

/** One entry of `questions` in an official questions file; other keys are tolerated. */
export const questionRecord = z.object({
  question_id: z.int(),
  image_id: z.int(),
  question: z.string(),
});
export type QuestionRecord = z.infer<typeof questionRecord>;

const annotatorRecord = z.object({ answer: z.string(), answer_confidence: z.string().optional(), answer_id: z.int() });

/** One entry of `annotations` in an official annotations file; other keys are tolerated. */
export const annotationRecord = z.object({
  question_id: z.int(),
  image_id: z.int().optional(),
  question_type: z.string().optional(),
  answer_type: z.enum(ANSWER_TYPES),
  multiple_choice_answer: z.string(),
  answers: z.array(annotatorRecord).length(10, {
    error: ({ input }) => `${(input as unknown[]).length} answers, expected those of ten annotators`,
  }),
});
export type AnnotationRecord = z.infer<typeof annotationRecord>;

/** Check one record of a file and say where it is wrong: file, position, question id where there is one. */
export function parseRecord<T>(schema: z.ZodType<T>, record: unknown, file: string, index: number): T {
  const parsed = schema.safeParse(record);
  if (parsed.success) return parsed.data;
  const id = (record as { question_id?: unknown } | null)?.question_id;
  const which = typeof id === "number" ? `question ${id}` : `entry ${index}`;
  const [issue] = parsed.error.issues;
  throw new DataError(`${file}: ${which}: ${describeIssue(issue)}; correct the entry, or fetch the file again`);
}

function describeIssue(issue: z.core.$ZodIssue | undefined): string {
  const [where, message] = [issue?.path.join(".") ?? "", issue?.message ?? "not the expected record"];
  if (where === "") return message;
  return message.endsWith("received undefined") ? `${where} is missing` : `${where}: ${message}`;
}

/** An official questions file. */
export interface QuestionsFile {
  readonly records: readonly QuestionRecord[];
  /** What image names begin with, e.g. `COCO_val2014`; null where the file does not say. */
  readonly imageSet: string | null;
}

/** Read an official questions file, with or without header. Throws DataError for what is not one. */
export function readQuestions(path: string): QuestionsFile {
  const records: QuestionRecord[] = [];
  const seen = new Set<number>();
  const header = readJsonList(path, "questions", (entry, index) => {
    const record = parseRecord(questionRecord, entry, path, index);
    refuseTwice(seen, record.question_id, path);
    seen.add(record.question_id);
    records.push(record);
  });
  const { data_type: type = "mscoco", data_subtype: subtype } = header;
  if (typeof type !== "string" || typeof subtype !== "string") return { records, imageSet: null };
  return { records, imageSet: `${IMAGE_PREFIXES.get(type) ?? type}_${subtype}` };
}

/** What image names begin with, by the `data_type` of a questions file; the file's own word where it is another. */
const IMAGE_PREFIXES = new Map([
  ["mscoco", "COCO"],
  ["mini", "MINI"],
]);

/** Read an official annotations file into a map by question id, in file order. Throws DataError for what is not one. */
export function readAnnotations(path: string): Map<number, AnnotationRecord> {
  const records = new Map<number, AnnotationRecord>();
  readJsonList(path, "annotations", (entry, index) => {
    const record = parseRecord(annotationRecord, entry, path, index);
    refuseTwice(records, record.question_id, path);
    records.set(record.question_id, record);
  });
  return records;
}

/** Two entries for one question make every score ambiguous. */
export function refuseTwice(seen: { has(id: number): boolean }, id: number, path: string): void {
  if (seen.has(id)) throw new DataError(`${path}: question id ${id} appears twice; remove one of the two entries`);
}
