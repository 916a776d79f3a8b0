import { z } from "zod";
import { DataError } from "../error.ts";
import { ANSWER_TYPES } from "../question.ts";

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
  image_id: z.int(),
  question_type: z.string().optional(),
  answer_type: z.enum(ANSWER_TYPES),
  multiple_choice_answer: z.string(),
  answers: z.array(annotatorRecord).length(10),
});
export type AnnotationRecord = z.infer<typeof annotationRecord>;

/** Check one record of a file and say where it is wrong: file, position, question id where there is one. */
export function parseRecord<T>(schema: z.ZodType<T>, record: unknown, file: string, index: number): T {
  const parsed = schema.safeParse(record);
  if (parsed.success) return parsed.data;
  const id = (record as { question_id?: unknown } | null)?.question_id;
  const which = typeof id === "number" ? `question ${id}` : `entry ${index}`;
  const [issue] = parsed.error.issues;
  const where = issue && issue.path.length > 0 ? `${issue.path.join(".")}: ` : "";
  throw new DataError(`${file}: ${which}: ${where}${issue?.message ?? "not the expected record"}`);
}
