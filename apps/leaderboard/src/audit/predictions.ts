import type { DoneResult, Outcome } from "@ticketbench/results";
import type { Phase } from "../board/board.ts";
import { compare, type ComparedSparsity, type Side } from "../board/comparison.ts";
import { formatFor } from "../i18n/format.ts";

const f = formatFor("en");

/** What must come out of a paired comparison, at every sparsity in a range, for a prediction to hold. */
interface Test {
  readonly a: string;
  /** A method's id, or "dense". */
  readonly b: string;
  readonly phase: Phase;
  readonly from: number;
  readonly to: number;
  /** `within`: less than one point below, by the whole interval. */
  readonly expected: Exclude<Outcome, "tied" | "undecided"> | "within";
}

/** Registered before running. One without a test waits for results that can tell. */
export interface Prediction {
  readonly id: string;
  readonly text: string;
  readonly test: Test | null;
}

export const PREDICTIONS: readonly Prediction[] = [
  {
    id: "P1",
    text: "With the mask held, accuracy after retraining at 50 % and more lies below the original's curve, whose weights grew back.",
    test: { a: "magnitude", b: "thesis-low", phase: "retrained", from: 0.5, to: 1, expected: "worse" },
  },
  {
    id: "P2",
    text: "A mask that truly removes the largest weights is far worse than a random one, at every sparsity.",
    test: { a: "high-magnitude", b: "random", phase: "retrained", from: 0, to: 1, expected: "worse" },
  },
  {
    id: "P3",
    text: "Removing 10 % of the weight matrices by magnitude costs less than a point, without retraining.",
    test: { a: "magnitude", b: "dense", phase: "pruned", from: 0.1, to: 0.1, expected: "within" },
  },
  { id: "P4", text: "Choosing over the whole network differs from choosing layer by layer.", test: null },
  {
    id: "P5",
    text: "Training, pruning and rewinding in rounds beats removing the same share at once, at 60 % and more.",
    test: { a: "imp", b: "magnitude", phase: "retrained", from: 0.6, to: 1, expected: "better" },
  },
  {
    id: "P6",
    text: "The 7.09 million weights of the last layer that never reach the answer can go without changing any answer.",
    test: null,
  },
];

export interface Judged {
  readonly status: "holds" | "fails" | "undecided" | "not measured yet";
  readonly words: string;
}

function sideOf(name: string, results: readonly DoneResult[], phase: Phase): Side | null {
  const fixed = name === "dense";
  const own = results.filter((result) => (fixed ? result.kind === "dense" : result.method?.id === name));
  const runs = new Map<string, Side["file"]["runs"][number]>();
  for (const result of own) {
    const scores = result.phases[fixed ? "dense" : phase]?.scores;
    const { seed, target } = result;
    if (scores) runs.set(`${String(seed)} ${String(target)}`, { seed, target, scores });
  }
  const dataset = own[0]?.dataset.hash;
  return dataset === undefined || runs.size === 0 ? null : { name, fixed, file: { dataset, runs: [...runs.values()] } };
}

function meets({ verdict }: ComparedSparsity, { expected }: Test): boolean | null {
  if (expected === "within") return verdict.interval.low > -0.01 ? true : verdict.interval.high < -0.01 ? false : null;
  if (verdict.outcome === expected) return true;
  return verdict.outcome === "undecided" ? null : false;
}

/**
 * The verdict on a prediction, over results of one dataset. It holds when it does at every sparsity that was measured,
 * and fails when it does not at one.
 */
export function judgePrediction({ test }: Prediction, results: readonly DoneResult[]): Judged {
  const missing: Judged = { status: "not measured yet", words: "No published result can tell." };
  if (!test) return missing;
  const a = sideOf(test.a, results, test.phase);
  const b = sideOf(test.b, results, test.phase);
  const compared = a && b ? (compare(a, b)?.rows ?? []) : [];
  const rows = compared.filter((row) => row.target >= test.from && row.target <= test.to);
  if (rows.length === 0) return missing;
  const outcomes = rows.map((row) => meets(row, test));
  const met = outcomes.filter((outcome) => outcome === true).length;
  const status = outcomes.includes(false) ? "fails" : outcomes.includes(null) ? "undecided" : "holds";
  const differences = rows.map((row) => `${f.share(row.target)}: ${f.difference(row.verdict.difference)}`).join(", ");
  const n = Math.min(...rows.map((row) => row.verdict.n));
  return {
    status,
    words: `As predicted at ${f.integer(met)} of ${f.integer(rows.length)} sparsities. Differences in points: ${differences} (n = ${f.integer(n)}).`,
  };
}
