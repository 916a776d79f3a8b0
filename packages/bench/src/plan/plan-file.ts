import { readFileSync } from "node:fs";
import { writeAtomic } from "../run/atomic-file.ts";
import { StudyError } from "../study/error.ts";
import { type Plan, planSchema } from "./plan.ts";

/** Freeze a plan into a file. */
export async function writePlan(file: string, plan: Plan): Promise<void> {
  await writeAtomic(file, `${JSON.stringify(plan)}\n`);
}

/** Read a frozen plan; throws StudyError where the file is missing, no plan, or of another version. */
export function readPlan(file: string): Plan {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new StudyError(`${file}: cannot be read as a plan: ${(error as Error).message}`);
  }
  const parsed = planSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new StudyError(`${file}: not a plan of this version: ${issue?.path.map(String).join(".")}: ${issue?.message}`);
}
