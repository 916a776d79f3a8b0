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

/** Until four re-runs are published, a change of accuracy below this (two points) between machines is taken for noise. */
const NOISE = 0.02;

/** What a result says it is and its cell does not: an edited seed, a stale method, another target. */
export function identityDifferences(published: DoneResult, cell: Cell): string[] {
  const pruning = cell.kind === "ticket" ? cell.pruning : null;
  const facts: readonly (readonly [string, unknown, unknown])[] = [
    ["seed", published.seed, cell.kind === "start" ? null : cell.seed],
    ["target", published.target, pruning?.sparsity ?? 0],
    ["method", published.method?.id ?? null, pruning?.method.id ?? null],
    ["method version", published.method?.version ?? null, pruning?.method.version ?? null],
    ["method parameters", published.method?.params ?? null, pruning?.method.params ?? null],
    ["data", published.dataset.hash, cell.inputs.dataset],
  ];
  return facts.flatMap(([what, said, known]) =>
    canonicalJson(said) === canonicalJson(known)
      ? []
      : [`${what} ${show(said)}, but its id is that of ${what} ${show(known)}`],
  );
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
  const mask = published.maskHash === rerun.maskHash ? [] : ["another mask"];
  const phases = diffResults(published, rerun).phases.map(
    ({ phase, changedQuestions }) => `${phase}: ${changedQuestions ?? "all"} questions changed`,
  );
  return mask.length + phases.length > 0 ? [...mask, ...phases] : ["other answers with the same scores"];
}

const points = (fraction: number): string => (100 * fraction).toFixed(2);

/** In what the two environments differ, a line each: for whoever looks for the reason of a difference. */
export function environmentDifferences(published: Result, rerun: Result): string[] {
  const environment = /^(provenance\.(?!planHash|dirty)|hardware\.)/;
  return diffResults(published, rerun)
    .fields.filter(({ field }) => environment.test(field))
    .map(({ field, a, b }) => `${field}: ${String(a)} -> ${String(b)}`);
}

/** The finished results that are drawn from: superseded ones are history. */
export function finished(results: readonly Result[], track: string): DoneResult[] {
  return currentResults(results).filter(
    (result): result is DoneResult => result.status === "done" && result.track === track,
  );
}
