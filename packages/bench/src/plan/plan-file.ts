import { existsSync, readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { z } from "zod";
import { writeAtomic } from "../run/atomic-file.ts";
import { StudyError } from "../study/error.ts";
import type { Training } from "./cell.ts";
import { type Plan, planSchema } from "./plan.ts";

/**
 * A plan as it lies in a file. `home` leads from the file to the folder that the plan was made in, as seen from which its
 * paths are: the file may be read from anywhere, and the two moved together.
 */
const fileSchema = planSchema.extend({ home: z.string().optional() });

/** Freeze a plan into a file. */
export async function writePlan(file: string, plan: Plan): Promise<void> {
  const home = relative(dirname(resolve(file)), process.cwd());
  await writeAtomic(file, `${JSON.stringify({ ...plan, home })}\n`);
}

/**
 * Read a frozen plan, whose trainings name their files as seen from here; throws StudyError where the file is missing, no
 * plan, or of another version.
 */
export function readPlan(file: string): Plan {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new StudyError(`${file}: cannot be read as a plan: ${(error as Error).message}`);
  }
  const parsed = fileSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new StudyError(
      `${file}: not a plan of this version: ${issue?.path.map(String).join(".")}: ${issue?.message}`,
    );
  }
  const { home, ...plan } = parsed.data;
  if (home === undefined) return plan;
  const folder = resolve(dirname(file), home);
  return {
    ...plan,
    trainings: plan.trainings.map((entry) => ({ ...entry, settings: placed(entry.settings, folder) })),
  };
}

/** The study, which results repeat, keeps its words; what a cell opens is where the plan was made. */
function placed(settings: Training, home: string): Training {
  const { dataset, start } = settings;
  return {
    ...settings,
    dataset: dataset.kind === "folder" ? { ...dataset, path: seenFromHere(dataset.path, home) } : dataset,
    start: start.kind === "checkpoint" ? placedStart(start, home) : start,
  };
}

function placedStart<T extends { file: string; answers?: string | undefined }>(start: T, home: string): T {
  const answers = start.answers === undefined ? {} : { answers: seenFromHere(start.answers, home) };
  return { ...start, file: seenFromHere(start.file, home), ...answers };
}

/** A path under the plan's home; one that is not there, as on a machine that the plan was taken to, stays as it is. */
function seenFromHere(path: string, home: string): string {
  const there = resolve(home, path);
  return there !== resolve(path) && existsSync(there) ? relative(process.cwd(), there) || "." : path;
}
