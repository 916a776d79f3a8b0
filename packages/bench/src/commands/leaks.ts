import type { Plan } from "../plan/plan.ts";
import type { Program } from "../run/program.ts";

/** A line for each training split of a plan that shares images with an evaluated one: a reader must know, not guess. */
export async function leakLines({ trainings }: Plan, { leaks }: Program): Promise<string[]> {
  const lines = new Set<string>();
  for (const { settings } of trainings) {
    for (const leak of (await leaks?.(settings)) ?? []) lines.add(`leak: ${leak}`);
  }
  return [...lines];
}
