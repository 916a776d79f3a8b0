import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { readPlan } from "../plan/plan-file.ts";
import { type Plan, planStudy } from "../plan/plan.ts";
import type { Program } from "../run/program.ts";
import { StudyError } from "../study/error.ts";
import { loadStudy } from "../study/load.ts";

/** The words of a command line that name a study and change it. */
export interface StudyWords {
  readonly set?: readonly string[];
  readonly engine?: string;
  readonly data?: string;
  readonly methods?: string;
  readonly sparsities?: string;
  readonly seeds?: string;
  readonly program?: string;
}

/** The module that does the cells' work: the experiment, unless another is named. */
export function programUrl(words: Pick<StudyWords, "program">): string {
  return words.program === undefined
    ? new URL("../cell/program.ts", import.meta.url).href
    : pathToFileURL(resolve(words.program)).href;
}

/** The program that the words name. */
export async function loadProgram(words: Pick<StudyWords, "program">): Promise<Program> {
  return ((await import(programUrl(words))) as { default: Program }).default;
}

/** The plan that a study (YAML) asks for, or a plan that was frozen (JSON). */
export async function planFor(source: string, words: StudyWords): Promise<Plan> {
  const assignments = [...(words.set ?? []), ...shortAssignments(words)];
  if (source.endsWith(".json")) {
    if (assignments.length > 0) throw new StudyError(`${source} is frozen: a plan cannot be changed by options`);
    return readPlan(source);
  }
  const study = loadStudy(source, assignments);
  return planStudy(study, (await loadProgram(words)).identities);
}

function shortAssignments(words: StudyWords): string[] {
  const assignments: string[] = [];
  if (words.engine !== undefined) assignments.push(`engine=${words.engine}`);
  if (words.data !== undefined) assignments.push(`dataset.path=${words.data}`);
  for (const axis of ["methods", "sparsities", "seeds"] as const) {
    if (words[axis] !== undefined) assignments.push(`${axis}=[${words[axis]}]`);
  }
  return assignments;
}
