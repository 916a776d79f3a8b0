import type { Problem } from "./error.ts";
import { fileError, objectFrom, problemsOf } from "./parse.ts";
import { type Reported, type ReportedRow, reportedSchema } from "./schema/reported.ts";
import { hasGranularity } from "./verify.ts";

/** Questions of the splits whose size is public; other splits' numbers cannot be checked. */
const splitSizes: Readonly<Record<string, Readonly<Record<string, number>>>> = { "VQA v2": { minival: 25_994 } };

/** Questions behind a reported row of one whole split; undefined where the number is not known. */
export function reportedQuestions(row: ReportedRow): number | undefined {
  return row.answerType === "all" ? splitSizes[row.dataset]?.[row.split] : undefined;
}

/**
 * The granularity check of reported numbers: a single run's accuracy, and each step of its history, must be a mean of
 * scores in tenths. Means over seeds are not checked, nor numbers whose split's size is not known.
 */
export function verifyReported(reported: Reported): Problem[] {
  return reported.rows.flatMap((row, i) => {
    const questions = reportedQuestions(row);
    if (questions === undefined || row.n !== 1) return [];
    const values = [row.accuracy, ...row.history];
    return values.flatMap((value, at) =>
      hasGranularity(value, questions, at === 0 ? row.halfUnit : 0)
        ? []
        : [{ field: `rows.${i}`, message: `${row.label}: no ${questions} scores in tenths have the mean ${value}` }],
    );
  });
}

/**
 * A file of published numbers, from JSON text or a parsed value.
 *
 * @throws ResultError naming the file and each wrong field
 */
export function parseReported(json: unknown, fileName: string): Reported {
  const parsed = reportedSchema.safeParse(objectFrom(json, fileName));
  if (!parsed.success) throw fileError(fileName, problemsOf(parsed.error));
  const problems = verifyReported(parsed.data);
  if (problems.length > 0) throw fileError(fileName, problems);
  return parsed.data;
}
