import { compareSides, contenderAt, type Contender, type Side, type Verdict } from "@ticketbench/results";

/** An answer is right when it scores half or more, in tenths. */
export const RIGHT = 5;

/** How the two sides share the questions, in questions of one seed: an answer is right when it scores half or more. */
export interface Agreement {
  readonly both: number;
  readonly onlyA: number;
  readonly onlyB: number;
  readonly neither: number;
}

export interface ComparedSparsity {
  readonly target: number;
  readonly verdict: Verdict;
  readonly agreement: Agreement;
}

/** A question that one side answers right in more of the shared seeds than the other. */
export interface Disagreement {
  readonly question: number;
  /** Shared seeds in which each side is right. */
  readonly rightA: number;
  readonly rightB: number;
  readonly n: number;
}

/** Where two sides disagree at one sparsity: most of all first, then in the dataset's order. */
export function disagreements(a: Side, b: Side, target: number): Disagreement[] {
  const [left, right] = [contenderAt(a, target), contenderAt(b, target)];
  const pairs = left.runs.flatMap((run) => {
    const other = right.runs.find(({ seed }) => seed === run.seed);
    return other ? [[run.tenths, other.tenths] as const] : [];
  });
  const questions = pairs[0]?.[0].length ?? 0;
  const rightIn = (side: 0 | 1, question: number): number =>
    pairs.filter((pair) => (pair[side][question] ?? 0) >= RIGHT).length;
  return Array.from({ length: questions }, (_, question) => ({
    question,
    rightA: rightIn(0, question),
    rightB: rightIn(1, question),
    n: pairs.length,
  }))
    .filter(({ rightA, rightB }) => rightA !== rightB)
    .sort((x, y) => Math.abs(y.rightA - y.rightB) - Math.abs(x.rightA - x.rightB) || x.question - y.question);
}

/** Mean over the shared seeds. */
function agreementOf(a: Contender, b: Contender): Agreement {
  const counts = { both: 0, onlyA: 0, onlyB: 0, neither: 0 };
  let pairs = 0;
  for (const run of a.runs) {
    const other = b.runs.find(({ seed }) => seed === run.seed);
    if (!other) continue;
    pairs++;
    for (let i = 0; i < run.tenths.length; i++) {
      const right = (run.tenths[i] ?? 0) >= RIGHT;
      const otherRight = (other.tenths[i] ?? 0) >= RIGHT;
      counts[right ? (otherRight ? "both" : "onlyA") : otherRight ? "onlyB" : "neither"]++;
    }
  }
  const { both, onlyA, onlyB, neither } = counts;
  return { both: both / pairs, onlyA: onlyA / pairs, onlyB: onlyB / pairs, neither: neither / pairs };
}

/** Two sides over all sparsities they share. */
export interface Comparison {
  /** What holds at which sparsities, in one sentence. */
  readonly sentence: string;
  readonly rows: readonly ComparedSparsity[];
}

/** What the tests say of two sides, and how they share the questions; null where they share no sparsity and seed. */
export function compare(a: Side, b: Side): Comparison | null {
  const compared = compareSides(a, b);
  if (!compared) return null;
  const rows = compared.curve.points.map((point) => {
    const pair = compared.pairs.find(({ sparsity }) => sparsity === point.sparsity);
    if (!pair) throw new Error(`no pair at sparsity ${String(point.sparsity)}`);
    return { target: point.sparsity, verdict: point, agreement: agreementOf(pair.a, pair.b) };
  });
  return { sentence: compared.curve.sentence, rows };
}
