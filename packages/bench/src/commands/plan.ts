import { resolve } from "node:path";
import { writePlan } from "../plan/plan-file.ts";
import { ResultFolder } from "../run/records.ts";
import { Workspace } from "../run/workspace.ts";
import { planFor, type StudyWords } from "./study-source.ts";

export interface PlanWords extends StudyWords {
  readonly work: string;
  readonly out?: string;
  readonly write: string;
}

/** `ticketbench plan`: freeze a study and say what it asks for and how much of that is there. */
export async function plan(source: string, words: PlanWords): Promise<void> {
  const frozen = await planFor(source, words);
  const workspace = new Workspace(resolve(words.work));
  const results = new ResultFolder(resolve(words.out ?? workspace.resultsFolder(frozen.study.name)));
  await writePlan(words.write, frozen);
  const states = await results.states(frozen.cells.map((cell) => cell.id));
  console.log(`study ${frozen.study.name}, plan ${frozen.hash.slice(0, 12)}, ${frozen.cells.length} cells:`);
  for (const kind of ["start", "dense", "ticket"] as const) {
    const cells = frozen.cells.filter((cell) => cell.kind === kind);
    if (cells.length === 0) continue;
    const count = (state: string): number => cells.filter((cell) => states.get(cell.id)?.state === state).length;
    const known = kind === "start" ? "" : `, ${count("done")} done, ${count("failed")} failed`;
    console.log(`  ${String(cells.length).padStart(5)} ${kind}${known}`);
  }
  console.log(`frozen in ${words.write}; run it with\n  ticketbench run ${words.write}`);
}
