import { sideOf, unpackPredictions, type DoneResult } from "@ticketbench/results";
import type { Phase } from "../board/board.ts";
import { compare, type ComparedSparsity } from "../board/comparison.ts";

/** A paired comparison that must come out as expected, at every sparsity in a range, for a prediction to hold. */
interface ComparisonTest {
  readonly kind: "comparison";
  /** Ids of variants, or "dense". */
  readonly a: string;
  readonly b: string;
  readonly phase: Phase;
  readonly from: number;
  readonly to: number;
  /**
   * `within`: less than one point below, by the whole interval. `differs`: better or worse at one sparsity is enough, and
   * tied at all of them is the contrary.
   */
  readonly expected: "better" | "worse" | "within" | "differs";
}

/** Tickets of one scope that must answer every question as the dense network of their seed does. */
interface AnswerTest {
  readonly kind: "answers";
  readonly scope: string;
}

export const PREDICTIONS = {
  P1: {
    kind: "comparison",
    a: "magnitude",
    b: "thesis-low~as-coded",
    phase: "retrained",
    from: 0.5,
    to: 1,
    expected: "worse",
  },
  P2: { kind: "comparison", a: "high-magnitude", b: "random", phase: "retrained", from: 0, to: 1, expected: "worse" },
  P3: { kind: "comparison", a: "magnitude", b: "dense", phase: "pruned", from: 0.1, to: 0.1, expected: "within" },
  P4: {
    kind: "comparison",
    a: "magnitude~global",
    b: "magnitude",
    phase: "retrained",
    from: 0,
    to: 1,
    expected: "differs",
  },
  P5: { kind: "comparison", a: "imp", b: "magnitude", phase: "retrained", from: 0.6, to: 1, expected: "better" },
  P6: { kind: "answers", scope: "unreached" },
} as const satisfies Record<string, ComparisonTest | AnswerTest>;
export type PredictionId = keyof typeof PREDICTIONS;
export const PREDICTION_IDS = Object.keys(PREDICTIONS) as PredictionId[];

/** What a verdict on a prediction rests on. */
export type Evidence =
  | {
      readonly kind: "comparison";
      /** Sparsities at which it came out as predicted. */
      readonly met: number;
      readonly differences: readonly { readonly target: number; readonly difference: number }[];
      /** Seeds, of the sparsity with the fewest. */
      readonly n: number;
    }
  | { readonly kind: "answers"; readonly changed: number; readonly answers: number; readonly n: number };

export type Status = "holds" | "fails" | "undecided" | "not measured yet";

export interface Judged {
  readonly status: Status;
  readonly evidence: Evidence | null;
}

const NOT_MEASURED: Judged = { status: "not measured yet", evidence: null };

/** Whether one sparsity came out as expected; null where the statistics do not decide it. */
function meets({ verdict }: ComparedSparsity, expected: ComparisonTest["expected"]): boolean | null {
  const { outcome, interval } = verdict;
  if (expected === "within") return interval.low > -0.01 ? true : interval.high < -0.01 ? false : null;
  if (outcome === "undecided") return null;
  return expected === "differs" ? outcome !== "tied" : outcome === expected;
}

function statusOf(outcomes: readonly (boolean | null)[], expected: ComparisonTest["expected"]): Status {
  if (expected === "differs" && outcomes.includes(true)) return "holds";
  if (expected === "differs") return outcomes.includes(null) ? "undecided" : "fails";
  return outcomes.includes(false) ? "fails" : outcomes.includes(null) ? "undecided" : "holds";
}

function judgeComparison(test: ComparisonTest, results: readonly DoneResult[]): Judged {
  const a = sideOf(test.a, results, test.phase);
  const b = sideOf(test.b, results, test.phase);
  const compared = a && b ? (compare(a, b)?.rows ?? []) : [];
  const rows = compared.filter((row) => row.target >= test.from && row.target <= test.to);
  if (rows.length === 0) return NOT_MEASURED;
  const outcomes = rows.map((row) => meets(row, test.expected));
  const evidence: Evidence = {
    kind: "comparison",
    met: outcomes.filter((outcome) => outcome === true).length,
    differences: rows.map(({ target, verdict }) => ({ target, difference: verdict.difference })),
    n: Math.min(...rows.map(({ verdict }) => verdict.n)),
  };
  return { status: statusOf(outcomes, test.expected), evidence };
}

function judgeAnswers({ scope }: AnswerTest, results: readonly DoneResult[]): Judged {
  const dense = new Map(results.map((result) => [result.id, result.phases.dense?.predictions]));
  let [changed, answers, n] = [0, 0, 0];
  for (const ticket of results) {
    const before = dense.get(ticket.denseId ?? "");
    const after = ticket.phases.pruned?.predictions;
    if (ticket.scope !== scope || !before || !after) continue;
    const [left, right] = [unpackPredictions(before), unpackPredictions(after)];
    changed += left.filter((answer, question) => answer !== right[question]).length;
    answers += left.length;
    n++;
  }
  if (n === 0) return NOT_MEASURED;
  return { status: changed === 0 ? "holds" : "fails", evidence: { kind: "answers", changed, answers, n } };
}

/**
 * The verdict on a prediction, over results of one dataset and recipe. One about sparsities holds when it does at every
 * sparsity that was measured, and fails when it does not at one.
 */
export function judgePrediction(id: PredictionId, results: readonly DoneResult[]): Judged {
  const test: ComparisonTest | AnswerTest = PREDICTIONS[id];
  return test.kind === "answers" ? judgeAnswers(test, results) : judgeComparison(test, results);
}
