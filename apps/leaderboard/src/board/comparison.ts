import { compareCurves, unpackTenths, type Contender, type PackedSymbols, type Verdict } from "@ticketbench/results";

/** The id under which the dense networks of a track take part in comparisons. */
export const DENSE = "dense";

/** An answer is right when it scores half or more, in tenths. */
export const RIGHT = 5;

/** The scores of every question for all runs of one variant in one phase. */
export interface ScoreFile {
  readonly dataset: string;
  readonly runs: readonly { readonly seed: number; readonly target: number; readonly scores: PackedSymbols }[];
}

/** One side of a comparison. */
export interface Side {
  readonly name: string;
  readonly file: ScoreFile;
  /** Whether one set of runs stands against every sparsity of the other side, as the dense networks do. */
  readonly fixed: boolean;
}

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

function contender({ name, file, fixed }: Side, target: number): Contender {
  const runs = file.runs
    .filter((run) => fixed || run.target === target)
    .map((run) => ({ seed: run.seed, tenths: unpackTenths(run.scores) }));
  return { name, dataset: file.dataset, runs };
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
  const [left, right] = [contender(a, target), contender(b, target)];
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

/**
 * The verdict at every sparsity that both sides have with a seed in common, p adjusted over them, by the function all
 * verdicts come from; null where there is none.
 */
export function compare(a: Side, b: Side): Comparison | null {
  if (a.file.dataset !== b.file.dataset) return null;
  const targets = new Set((a.fixed ? b : a).file.runs.map((run) => run.target));
  const pairs = [...targets].flatMap((sparsity) => {
    const [left, right] = [contender(a, sparsity), contender(b, sparsity)];
    const seeds = new Set(right.runs.map(({ seed }) => seed));
    return left.runs.some(({ seed }) => seeds.has(seed)) ? [{ sparsity, a: left, b: right }] : [];
  });
  if (pairs.length === 0) return null;
  const { sentence, points } = compareCurves(a.name, b.name, pairs);
  const rows = points.map((point) => {
    const pair = pairs.find(({ sparsity }) => sparsity === point.sparsity);
    if (!pair) throw new Error(`no pair at sparsity ${String(point.sparsity)}`);
    return { target: point.sparsity, verdict: point, agreement: agreementOf(pair.a, pair.b) };
  });
  return { sentence, rows };
}
