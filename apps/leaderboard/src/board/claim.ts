import type { Group, View } from "./view.ts";

/** A loss below this many accuracy points (as a fraction) counts as "within one point". */
const TOLERANCE = 0.01;
/** This close to the constant answer, a network no longer answers questions. */
const NEAR_FLOOR = 0.01;

interface AtSparsity {
  readonly method: string;
  readonly sparsity: number;
  readonly loss: number;
}

/** What the shown data say about the question of the page. Every field is null when the data do not say it. */
export interface Claim {
  /** The largest sparsity at which some method stays within one point of the dense model. */
  readonly holds: (AtSparsity & { readonly tiedWith: readonly string[] }) | null;
  /** The smallest sparsity tried, with its best method. */
  readonly first: AtSparsity | null;
  /** The sparsest point shown, with its best method. */
  readonly falls: AtSparsity | null;
  /** The method that first comes down to the constant answer and stays there. */
  readonly collapse: { readonly method: string; readonly sparsity: number } | null;
  readonly floor: number | null;
}

function bestAt(groups: readonly Group[], target: number): Group | undefined {
  return groups.filter((group) => group.target === target).sort((a, b) => b.accuracy.mean - a.accuracy.mean)[0];
}

function atSparsity(group: Group | undefined, dense: number): AtSparsity | null {
  if (!group) return null;
  return { method: group.method.title, sparsity: group.target, loss: Math.max(0, dense - group.accuracy.mean) };
}

/** Methods at the same sparsity whose rank range meets the best one's: the tests cannot tell them apart. */
function tiedWith(groups: readonly Group[], best: Group): string[] {
  const { rank } = best;
  if (rank === null) return [];
  return groups
    .filter((group) => group !== best && group.target === best.target)
    .filter((group) => group.rank !== null && group.rank[0] === rank[0])
    .map((group) => group.method.title);
}

function collapse(view: View): Claim["collapse"] {
  const { floor } = view;
  if (floor === null) return null;
  const fallen = view.methods.flatMap((method) => {
    const own = view.groups.filter((group) => group.method.id === method.id);
    const alive = own.findLastIndex((group) => group.accuracy.mean > floor + NEAR_FLOOR);
    const group = own[alive + 1];
    return group ? [{ method: method.title, sparsity: group.target }] : [];
  });
  return fallen.sort((a, b) => a.sparsity - b.sparsity)[0] ?? null;
}

/** Reads the claims off the data in view. */
export function claimOf(view: View): Claim {
  const dense = view.dense?.mean;
  const none = { holds: null, first: null, falls: null, collapse: collapse(view), floor: view.floor };
  if (dense === undefined) return none;
  const winners = view.targets.map((target) => bestAt(view.groups, target));
  const holding = winners.findLast((group) => group && group.accuracy.mean >= dense - TOLERANCE);
  const base = atSparsity(holding, dense);
  const last = atSparsity(winners.at(-1), dense);
  return {
    ...none,
    holds: base && holding ? { ...base, tiedWith: tiedWith(view.groups, holding) } : null,
    first: atSparsity(winners[0], dense),
    falls: last && last.sparsity !== base?.sparsity ? last : null,
  };
}
