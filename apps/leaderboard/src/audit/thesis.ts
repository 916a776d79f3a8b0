import { summarize, type ReportedRow, type Summary } from "@ticketbench/results";
import type { Phase } from "../board/board.ts";
import { reportedRows } from "../site/load-reported.ts";

/** The methods of the original study, under the ids of ours that repeat them as coded. */
export const THESIS_METHODS = [
  { id: "thesis-low", style: 0 },
  { id: "thesis-random", style: 1 },
  { id: "thesis-high", style: 2 },
] as const;
export type ThesisMethodId = (typeof THESIS_METHODS)[number]["id"];

/** Weights that never reach the answer, and all that the study could prune. */
export const DEAD_WEIGHTS = 7_087_872;
export const PRUNABLE_WEIGHTS = 190_082_304;

/** Rounds of pruning behind the nominal 10, 20, ... 90 %. */
export const ROUNDS = [1, 3, 4, 5, 7, 9, 12, 16, 22] as const;

/** Scores on minival of one and the same answer to everything: two answers, two scores. The higher is the floor. */
export const CONSTANT_ANSWERS = [0.240933, 0.246307] as const;

export const LABELS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] as const;

function isCopy(row: ReportedRow, earlier: ReportedRow): boolean {
  return row.flags.includes("copied-run") && row.accuracy === earlier.accuracy;
}

/** The raw runs of the original study. */
export class ThesisRuns {
  private readonly rows: readonly ReportedRow[];

  constructor(rows: readonly ReportedRow[]) {
    this.rows = rows;
  }

  get found(): boolean {
    return this.rows.length > 0;
  }

  /** Every run of one method, sparsity label and phase, in the order of seeds. */
  runs(method: string, label: number, phase: Phase): ReportedRow[] {
    return this.rows
      .filter((row) => row.method === method && row.phase === phase && row.sparsity?.label === label)
      .sort((a, b) => (a.seed ?? 0) - (b.seed ?? 0));
  }

  /** The accuracy of one run; null where the run does not exist. */
  accuracy(method: string, label: number, phase: Phase, seed: number): number | null {
    return this.runs(method, label, phase).find((row) => row.seed === seed)?.accuracy ?? null;
  }

  /** Over the runs that were really made: a copy does not count beside the run it repeats. */
  summary(method: string, label: number, phase: Phase): Summary | null {
    const own = this.runs(method, label, phase);
    const made = own.filter((row, i) => !own.slice(0, i).some((earlier) => isCopy(row, earlier)));
    return made.length === 0 ? null : summarize(made.map((row) => row.accuracy));
  }

  /** Share of the prunable weights that the mask under this label really removed. */
  removed(method: string, label: number): number | null {
    return this.runs(method, label, "pruned")[0]?.sparsity?.prunable ?? null;
  }

  /** The dense network's score and its history by epoch. */
  get dense(): ReportedRow | undefined {
    return this.rows.find((row) => row.phase === "dense");
  }
}

export async function loadThesisRuns(): Promise<ThesisRuns> {
  return new ThesisRuns(await reportedRows("Raw runs"));
}
