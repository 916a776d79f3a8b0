import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { DataError } from "../error.ts";
import { readJsonList } from "./json-list.ts";

const answerMap = z.record(z.string(), z.int().nonnegative());

/**
 * The answer vocabulary that lies in a folder: LXMERT's `trainval_label2ans.json`, its inverse
 * `trainval_ans2label.json`, or both, which must then agree. Null where there is neither.
 */
export function readAnswers(folder: string): string[] | null {
  const [label2ans, ans2label] = [join(folder, "trainval_label2ans.json"), join(folder, "trainval_ans2label.json")];
  const listed = existsSync(label2ans) ? readLabel2Ans(label2ans) : null;
  const mapped = existsSync(ans2label) ? readAns2Label(ans2label) : null;
  const differ = listed && mapped && listed.findIndex((answer, i) => answer !== mapped[i]);
  if (listed && mapped && (differ !== -1 || listed.length !== mapped.length)) {
    throw new DataError(
      `${label2ans} and ${ans2label} differ, first at index ${differ}; they must be each other's inverse`,
    );
  }
  return listed ?? mapped;
}

/** An answer vocabulary as LXMERT lists it. */
function readLabel2Ans(path: string): string[] {
  const answers: string[] = [];
  const seen = new Set<string>();
  readJsonList(path, null, (answer, index) => {
    if (typeof answer !== "string") throw new DataError(`${path}: entry ${index} is not an answer string`);
    if (seen.has(answer)) throw new DataError(`${path}: answer "${answer}" appears twice`);
    seen.add(answer);
    answers.push(answer);
  });
  if (answers.length === 0) throw new DataError(`${path} lists no answers`);
  return answers;
}

/** The same from an object of answer to index, which must number its answers from 0 without a gap. */
export function readAns2Label(path: string): string[] {
  const parsed = answerMap.safeParse(parseJson(path));
  if (!parsed.success)
    throw new DataError(`${path}: expected an object from answer to index (${parsed.error.issues[0]?.message})`);
  const entries = Object.entries(parsed.data).sort((a, b) => a[1] - b[1]);
  const gap = entries.findIndex(([, index], i) => index !== i);
  if (gap >= 0) throw new DataError(`${path}: no answer has index ${gap}, or two have index ${gap - 1}`);
  return entries.map(([answer]) => answer);
}

function parseJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new DataError(`${path} is not valid JSON (${(error as Error).message}); fetch it again`);
  }
}
