import {
  contenderOf,
  pruningLimit,
  rankTies,
  type Contender,
  type DoneResult,
  type Variant,
} from "@ticketbench/results";
import { PHASES, rankKey, type Judgements, type Limit, type Phase } from "./board.ts";

/** The results of one variant at one sparsity. */
interface Seeds {
  readonly variant: Variant;
  readonly target: number;
  readonly results: DoneResult[];
}

function seedsOf(results: readonly DoneResult[], variants: ReadonlyMap<string, Variant>): Seeds[] {
  const groups = new Map<string, Seeds>();
  for (const result of results) {
    const variant = variants.get(result.id);
    if (!variant) continue;
    const key = `${variant.id} ${String(result.target)}`;
    const group = groups.get(key) ?? { variant, target: result.target, results: [] };
    group.results.push(result);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** Ranks with ties at every sparsity. What was run as coded, faults included, is never ranked. */
function ranksOf(groups: readonly Seeds[], phase: Phase): Judgements["ranks"] {
  const ranks: Record<string, Record<string, number>> = {};
  const ranked = groups.filter(({ variant }) => !variant.asCoded);
  for (const target of new Set(ranked.map((group) => group.target))) {
    const contenders = ranked
      .filter((group) => group.target === target)
      .map((group) => contenderOf(group.variant.id, group.results, phase))
      .filter(({ runs }) => runs.length > 0);
    const places = rankTies(contenders).flatMap(({ name, rank }) => (rank === null ? [] : [[name, rank] as const]));
    if (places.length > 0) ranks[rankKey(phase, target)] = Object.fromEntries(places);
  }
  return ranks;
}

function sharesSeed(a: Contender, b: Contender): boolean {
  return a.runs.some((run) => b.runs.some((other) => other.seed === run.seed));
}

/** How far each variant can be pruned within one point of the dense network it came from. */
function limitsOf(groups: readonly Seeds[], dense: Contender, phase: Phase): Record<string, Limit> {
  const limits: Record<string, Limit> = {};
  for (const { variant } of groups) {
    if (limits[variant.id]) continue;
    const points = groups
      .filter((group) => group.variant.id === variant.id)
      .map((group) => ({ sparsity: group.target, contender: contenderOf(variant.title, group.results, phase) }))
      .filter(({ contender }) => sharesSeed(contender, dense));
    if (points.length === 0) continue;
    const { within, byMean, losesFrom } = pruningLimit(variant.title, points, dense);
    limits[variant.id] = { within, byMean, losesFrom };
  }
  return limits;
}

/** What the paired tests say about results that are compared with each other. */
export function judge(results: readonly DoneResult[], variants: ReadonlyMap<string, Variant>): Judgements {
  const groups = seedsOf(results, variants);
  const dense = contenderOf(
    "dense",
    results.filter((result) => result.kind === "dense"),
    "dense",
  );
  const ranks = PHASES.map((phase) => ranksOf(groups, phase));
  const limits = PHASES.map((phase) => [phase, limitsOf(groups, dense, phase)] as const);
  return { ranks: Object.assign({}, ...ranks) as Judgements["ranks"], limits: Object.fromEntries(limits) };
}
