import { z } from "zod";
import { ANSWER_TYPES, type LabelEntry, type Question } from "../question.ts";
import { readJsonList } from "./json-list.ts";
import { parseRecord, refuseTwice } from "./records.ts";

/** The schema of an entry; other keys are tolerated. */
export const lxmertRecord = z.object({
  question_id: z.int(),
  img_id: z.string().min(1),
  sent: z.string(),
  question_type: z.string().optional(),
  answer_type: z.enum(ANSWER_TYPES).optional(),
  label: z.record(z.string(), z.number().min(0).max(1)).optional(),
});

/** One entry of LXMERT's `train.json`, `nominival.json`, `minival.json` or `test.json`. */
export type LxmertRecord = z.infer<typeof lxmertRecord>;

/** Read one of LXMERT's question files. Answers that the vocabulary lacks earn nothing, as in LXMERT. */
export function readLxmertQuestions(path: string, vocabulary: ReadonlyMap<string, number>): Question[] {
  const questions: Question[] = [];
  const seen = new Set<number>();
  readJsonList(path, null, (entry, index) => {
    const record = parseRecord(lxmertRecord, entry, path, index);
    refuseTwice(seen, record.question_id, path);
    seen.add(record.question_id);
    questions.push(fromLxmert(record, vocabulary));
  });
  return questions;
}

function fromLxmert(record: LxmertRecord, vocabulary: ReadonlyMap<string, number>): Question {
  const label: LabelEntry[] = [];
  for (const [answer, score] of Object.entries(record.label ?? {})) {
    const index = vocabulary.get(answer);
    if (index !== undefined) label.push([index, score]);
  }
  return {
    id: record.question_id,
    imageId: record.img_id,
    text: record.sent,
    questionType: record.question_type ?? "",
    answerType: record.answer_type ?? "other",
    answers: [],
    majorityAnswer: null,
    label: label.sort((a, b) => a[0] - b[0]),
  };
}

/** A question as LXMERT's files hold it; one without answers as its `test.json` does. */
export function toLxmert(question: Question, answers: readonly string[]): LxmertRecord {
  const {
    id: question_id,
    imageId: img_id,
    text: sent,
    questionType: question_type,
    answerType: answer_type,
  } = question;
  if (question.majorityAnswer === null && question.label.length === 0) return { question_id, img_id, sent };
  const label = Object.fromEntries(question.label.map(([index, score]) => [answers[index] ?? "", score]));
  return { answer_type, img_id, label, question_id, question_type, sent };
}
