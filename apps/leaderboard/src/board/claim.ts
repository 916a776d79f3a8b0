import type { BoardMethod } from "./board.ts";
import type { Group, View } from "./view.ts";

/** This close to the constant answer, a network no longer answers questions. */
const NEAR_FLOOR = 0.01;
/** A loss of accuracy up to which a mean counts as holding on. */
const MARGIN = 0.01;

/** How far one can prune, and by which methods (several when they reach equally far). */
export interface Reach {
  readonly methods: readonly string[];
  readonly sparsity: number;
}

/** What the shown data say about the question of the page. Every field is null when the data do not say it. */
export interface Claim {
  /** The largest sparsity proved to lose less than a point. */
  readonly proved: Reach | null;
  /** The largest sparsity whose mean loses at most a point, where it goes beyond what is proved. */
  readonly byMean: Reach | null;
  /** The sparsest point shown and the loss of its best method. */
  readonly last: { readonly method: string; readonly sparsity: number; readonly loss: number } | null;
  /** The method that first comes down to the constant answer and stays there. */
  readonly collapse: { readonly method: string; readonly sparsity: number } | null;
  readonly floor: number | null;
}

/** The methods that reach farthest, by a reach of each. */
function farthest(methods: readonly BoardMethod[], reach: (method: BoardMethod) => number | null): Reach | null {
  const reached = methods.flatMap((method) => {
    const sparsity = reach(method);
    return sparsity === null ? [] : [{ title: method.title, sparsity }];
  });
  if (reached.length === 0) return null;
  const sparsity = Math.max(...reached.map((entry) => entry.sparsity));
  return { sparsity, methods: reached.filter((entry) => entry.sparsity === sparsity).map((entry) => entry.title) };
}

/** The last sparsity up to which the means of a method lose at most the margin. */
function meanReach(groups: readonly Group[], dense: number): number | null {
  const broken = groups.findIndex((group) => group.accuracy.mean < dense - MARGIN);
  return (broken === -1 ? groups : groups.slice(0, broken)).at(-1)?.target ?? null;
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

function lastPoint(view: View, dense: number): Claim["last"] {
  const sparsity = view.targets.at(-1);
  const there = view.groups.filter((group) => group.target === sparsity);
  const best = there.sort((a, b) => b.accuracy.mean - a.accuracy.mean)[0];
  return best ? { method: best.method.title, sparsity: best.target, loss: dense - best.accuracy.mean } : null;
}

/** Reads the claims off the data in view. What was run as coded, faults included, is evidence of nothing. */
export function claimOf(shown: View): Claim {
  const view: View = {
    ...shown,
    methods: shown.methods.filter((method) => !method.asCoded),
    groups: shown.groups.filter((group) => !group.method.asCoded),
  };
  const fall = { collapse: collapse(view), floor: view.floor };
  const dense = view.dense?.mean;
  if (dense === undefined) return { ...fall, proved: null, byMean: null, last: null };
  const proved = farthest(view.methods, (method) => view.limits.get(method.id)?.within ?? null);
  const byMean = farthest(view.methods, (method) =>
    meanReach(
      view.groups.filter((group) => group.method.id === method.id),
      dense,
    ),
  );
  const beyond = byMean && byMean.sparsity > (proved?.sparsity ?? -1) ? byMean : null;
  return { ...fall, proved, byMean: beyond, last: lastPoint(view, dense) };
}
