import {
  currentResults,
  diffResults,
  type DoneResult,
  noiseThreshold,
  phaseNames,
  recomputeAccuracy,
  type Result,
  sameMeasurement,
} from "@ticketbench/results";
import { canonicalJson } from "../plan/canonical.ts";
import type { Cell } from "../plan/cell.ts";
import { columns, wrap } from "./columns.ts";

/** Until four re-runs are published, a change of accuracy below this (two points) between machines is taken for noise. */
const NOISE = 0.02;

type Fact = readonly [what: string, said: unknown, known: unknown];

/** What a result says it is, beside what a cell is, item by item. */
function factsOf(published: DoneResult, cell: Cell): readonly Fact[] {
  const pruning = cell.kind === "ticket" ? cell.pruning : null;
  return [
    ["seed", published.seed, cell.kind === "start" ? null : cell.seed],
    ["target", published.target, pruning?.sparsity ?? 0],
    ["method", published.method?.id ?? null, pruning?.method.id ?? null],
    ["method version", published.method?.version ?? null, pruning?.method.version ?? null],
    ["method parameters", published.method?.params ?? null, pruning?.method.params ?? null],
    ["data", published.dataset.hash, cell.inputs.dataset],
  ];
}

const differing = (facts: readonly Fact[]): Fact[] =>
  facts.filter(([, said, known]) => canonicalJson(said) !== canonicalJson(known));

/** What a result says it is and its cell does not: an edited seed, a stale method, another target. */
export function identityDifferences(published: DoneResult, cell: Cell): string[] {
  return differing(factsOf(published, cell)).map(
    ([what, said, known]) => `${what} ${show(said)}; by its id it is ${show(known)}`,
  );
}

/** Facts that code and data decide, and not the study: where one changed, a cell is another one. */
const DRIFTING = ["method version", "data"];

/** Why none of its study's cells has a result's id: what the cell that says the same of itself is made from today. */
export function staleReasons(published: DoneResult, cells: readonly Cell[]): string[] {
  const isAlike = (cell: Cell): boolean =>
    cell.kind === published.kind && differing(factsOf(published, cell)).every(([what]) => DRIFTING.includes(what));
  const today = cells.find(isAlike);
  if (today === undefined) return ["the study that it says it is of has no such cell"];
  const engine: Fact = ["engine", published.provenance.engine, today.inputs.settings.engine];
  const changed = differing([...factsOf(published, today), engine]).map(
    ([what, said, known]) => `${what} ${show(said)} then, ${show(known)} today`,
  );
  return changed.length > 0
    ? changed
    : ["its recipe, its start weights, or code that its method builds on, are others today"];
}

const show = (value: unknown): string => (typeof value === "string" ? value.slice(0, 16) : canonicalJson(value));

/** Engine, arithmetic and make of processor: where these are equal, a re-run gives the same bytes. */
export function isSameEnvironment(a: Result, b: Result): boolean {
  const key = ({ provenance: { engine }, hardware }: Result) => [engine, family(hardware.cpu), hardware.gpu];
  return canonicalJson(key(a)) === canonicalJson(key(b));
}

/** "AMD EPYC 9B45 96-Core Processor" and "AMD EPYC 7763 ..." are of one family: the words before the model's number. */
function family(cpu: string): string {
  return cpu
    .replace(/\((R|TM)\)/gi, "")
    .replace(/\s*\b\S*\d.*$/, "")
    .trim();
}

/** How far an accuracy may move between machines: by what published re-runs moved, else by two points. */
export function noiseOf(results: readonly Result[]): number {
  const changes = [...Map.groupBy(results, ({ id }) => id).values()].flatMap((revisions) =>
    revisions
      .slice(1)
      .flatMap((later, i) => accuracyChanges(revisions[i] as Result, later).map(({ change }) => change)),
  );
  return noiseThreshold(changes) ?? NOISE;
}

function accuracyChanges(a: Result, b: Result): { phase: string; change: number }[] {
  if (a.status === "failed" || b.status === "failed") return [];
  return phaseNames.flatMap((phase) => {
    const [before, after] = [a.phases[phase]?.scores, b.phases[phase]?.scores];
    return before && after ? [{ phase, change: recomputeAccuracy(after) - recomputeAccuracy(before) }] : [];
  });
}

/**
 * What a re-run measured otherwise; none where it agrees: bit for bit in the same environment, to within `noise` in
 * another one.
 */
export function measuredDifferences(published: DoneResult, rerun: Result | null, noise: number): string[] {
  if (rerun === null) return ["it could not be run"];
  if (rerun.status === "failed") return [`it failed: ${rerun.failure.reason}: ${rerun.failure.message}`];
  if (!isSameEnvironment(published, rerun)) {
    return accuracyChanges(published, rerun)
      .filter(({ change }) => Math.abs(change) > noise)
      .map(({ phase, change }) => `${phase}: ${points(change)} points, noise is ${points(noise)}`);
  }
  if (sameMeasurement(published, rerun)) return [];
  const mask =
    published.maskHash === rerun.maskHash
      ? []
      : [`another mask: ${show(published.maskHash)} published, ${show(rerun.maskHash)} now`];
  const phases = diffResults(published, rerun).phases.map(
    ({ phase, accuracyA, accuracyB, changedQuestions }) =>
      `${phase}: ${percent(accuracyA)} published, ${percent(accuracyB)} now, ${changedQuestions ?? "all"} questions changed`,
  );
  return mask.length + phases.length > 0 ? [...mask, ...phases] : ["other answers with the same scores"];
}

const points = (fraction: number): string => (100 * fraction).toFixed(2);

const percent = (accuracy: number | null): string => (accuracy === null ? "none" : `${points(accuracy)} %`);

type Environment = Pick<Result, "provenance" | "hardware">;

/** An environment in words, item by item. */
function itemsOf({ provenance, hardware }: Environment): readonly (readonly [name: string, words: string])[] {
  const { gitSha, lockHash, engine, node } = provenance;
  return [
    ["commit", gitSha?.slice(0, 12) ?? "unknown"],
    ["packages", `lock file ${lockHash.slice(0, 12)}`],
    ["engine", `${engine.name} ${engine.version}`],
    ["arithmetic", engine.arithmetic],
    ["Node", node],
    ["processor", hardware.cpu],
    ["cores", String(hardware.cores)],
    ["memory", `${(hardware.memoryBytes / 2 ** 30).toFixed(1)} GiB`],
    ["GPU", hardware.gpu ?? "none"],
  ];
}

/** Both environments: in what they differ, side by side, and what they share. For whoever looks for a difference's reason. */
export function environmentLines(published: Environment, now: Environment, width: number): string[] {
  const here = new Map(itemsOf(now));
  const rows = itemsOf(published).map(([name, words]) => [name, words, here.get(name) ?? ""] as const);
  const others = rows.filter(([, a, b]) => a !== b);
  const shared = rows.filter(([, a, b]) => a === b).map(([name, words]) => `${name} ${words}`);
  const table = columns(["environment", "published", "now"], others);
  return [...(others.length > 0 ? table.split("\n") : []), ...wrap(`the same on both: ${shared.join(", ")}`, width)];
}

/** The finished results that are drawn from: superseded ones are history. */
export function finished(results: readonly Result[], track: string): DoneResult[] {
  return currentResults(results).filter(
    (result): result is DoneResult => result.status === "done" && result.track === track,
  );
}
