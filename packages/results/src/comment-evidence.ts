import { comparableKey } from "./comparable.ts";
import { comparablePairs } from "./curve-side.ts";
import type { PhaseName } from "./schema/measurement.ts";
import type { DoneResult, Result } from "./schema/result.ts";
import { type CurveVerdict, compareCurves } from "./statistics/curves.ts";
import { pairsOf } from "./statistics/difference.ts";
import { type Contender, contenderOf, runAccuracy } from "./statistics/runs.ts";
import { mean } from "./statistics/summary.ts";
import { currentResults } from "./supersede.ts";
import { controlledMethod } from "./variant.ts";

/** Controls that a contributor runs beside a method: known by these ids everywhere. */
export const controls: readonly string[] = ["dense", "magnitude", "random", "random-erk", "high-magnitude"];

/** A pull request's variants and sparsities beyond these are left out: judging all pairs takes its time. */
const mostVariants = 4;
const mostTargets = 30;

/** One method as it was run (same parameters, scope and division), over its sparsities. */
export interface Line {
  /** The method's id; with its parameters where it is there in several variants. "dense" for the dense network. */
  readonly name: string;
  readonly method: string;
  /** The method this one is a control of: shuffled, made new. */
  readonly of: string | null;
  readonly asCoded: boolean;
  readonly results: readonly DoneResult[];
}

/** What a comment is written from: one variant of the contributed method, and what it may be compared with. */
export interface Evidence {
  readonly phase: PhaseName;
  readonly own: Line;
  /** The same variant as it is published; null for a new one. */
  readonly before: Line | null;
  readonly dense: Line | null;
  /** Every other line on the same questions under the same recipe, the method's own controls among them. */
  readonly others: readonly Line[];
}

/** What the study said of a ticket beside its method: where it prunes, who keeps how many, where it goes back to. */
export function settingsKey({ scope, division, pruning }: DoneResult): string {
  const { granularity, allocation, retraining, rewindStep } = pruning ?? {};
  const shares = typeof allocation === "object" ? Object.entries(allocation).sort() : allocation;
  return JSON.stringify([scope, division, granularity, shares, retraining, rewindStep]);
}

function variantKey(result: DoneResult): string {
  return JSON.stringify([result.method?.id ?? "dense", result.method?.params ?? {}, settingsKey(result)]);
}

/** Parameters and settings in words. */
function wordsOf({ method, scope, division, pruning }: DoneResult): string[] {
  const words = Object.entries({ ...method?.params, ...pruning });
  return [
    ...words.map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`),
    ...[scope, division],
  ];
}

/** What sets a variant apart from the commonest one of its method. */
function additions(result: DoneResult, usual: DoneResult): string {
  const known = new Set(wordsOf(usual));
  return wordsOf(result)
    .filter((word) => !known.has(word))
    .join(", ");
}

function linesOf(results: readonly DoneResult[]): Line[] {
  const variants = [...Map.groupBy(results, variantKey).values()].sort((a, b) => b.length - a.length);
  const usual = new Map<string, DoneResult>();
  return variants.flatMap((all): Line[] => {
    const [first] = all;
    if (first === undefined) return [];
    const method = first.method?.id ?? "dense";
    const of = controlledMethod(first);
    const plain = of === null ? method : `${method} of ${of}`;
    const commonest = usual.get(plain);
    const name = commonest ? `${plain} (${additions(first, commonest)})` : plain;
    if (!commonest) usual.set(plain, first);
    return [{ name, method, of, asCoded: first.division === "as-coded", results: all }];
  });
}

/** One result a variant, sparsity and seed: the first that is given. */
function oneOfEach(results: readonly DoneResult[]): DoneResult[] {
  const key = (result: DoneResult): string => `${variantKey(result)} ${result.target} ${result.seed}`;
  return [...Map.groupBy(results, key).values()].flatMap(([first]) => (first ? [first] : []));
}

/** In the order of their ids: the same results give the same sums, to the last bit, whatever order they came in. */
function doneOf(results: readonly Result[]): DoneResult[] {
  const done = currentResults(results).filter((result) => result.status === "done");
  return done.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The last phase that the results have. */
function phaseOf(results: readonly DoneResult[]): PhaseName {
  const order = ["retrained", "rewound", "pruned", "dense"] as const;
  return order.find((phase) => results.some(({ phases }) => phases[phase] !== undefined)) ?? "retrained";
}

/**
 * The evidence for each variant of a method in a pull request's results, the fullest first. Of other methods the pull
 * request's own results count only for controls, and published ones are taken before them.
 */
export function evidenceOf(method: string, results: readonly Result[], baseline: readonly Result[]): Evidence[] {
  const [theirs, published] = [doneOf(results), doneOf(baseline)];
  const isOwn = (result: DoneResult): boolean => result.method?.id === method;
  const isControl = (result: DoneResult): boolean =>
    controlledMethod(result) === method ||
    (controlledMethod(result) === null && controls.includes(result.method?.id ?? "dense"));
  const found = [...Map.groupBy(theirs, comparableKey)].flatMap(([key, fresh]) => {
    const base = published.filter((result) => comparableKey(result) === key);
    const befores = linesOf(oneOfEach(base.filter(isOwn)));
    const others = [...base, ...fresh.filter(isControl)].filter((result) => !isOwn(result));
    const rest = linesOf(oneOfEach(others));
    return linesOf(oneOfEach(fresh.filter(isOwn))).map((own): Evidence => {
      const variant = own.results[0] && variantKey(own.results[0]);
      return {
        phase: phaseOf(own.results),
        own,
        before: befores.find((line) => line.results[0] && variantKey(line.results[0]) === variant) ?? null,
        dense: rest.find((line) => line.method === "dense") ?? null,
        others: rest.filter((line) => line.method !== "dense"),
      };
    });
  });
  return found.sort((a, b) => b.own.results.length - a.own.results.length).slice(0, mostVariants);
}

/** Sparsities of a line, ascending; the lowest of very many. */
export function targetsOf({ results }: Line): number[] {
  return [...new Set(results.map(({ target }) => target))].sort((a, b) => a - b).slice(0, mostTargets);
}

/** The line at one sparsity; the dense network is the same at all. No runs where it was not tried. */
export function contenderAt(line: Line, target: number, phase: PhaseName): Contender {
  return line.method === "dense"
    ? contenderOf(line.name, line.results, "dense")
    : contenderOf(
        line.name,
        line.results.filter((result) => result.target === target),
        phase,
      );
}

/** Mean accuracy over the seeds, a fraction; null without any. */
export function meanOf({ runs }: Contender): number | null {
  return runs.length === 0 ? null : mean(runs.map(runAccuracy));
}

function canPair(a: Contender, b: Contender): boolean {
  return a.dataset === b.dataset && pairsOf(a, b).length > 0;
}

/** The method against another at each sparsity that both have; null where there is none. */
export function against(
  { own, phase }: Evidence,
  name: string,
  other: (target: number) => Line | null,
): CurveVerdict | null {
  const pairs = comparablePairs(
    targetsOf(own),
    (sparsity) => contenderAt(own, sparsity, phase),
    (sparsity) => {
      const line = other(sparsity);
      return line && contenderAt(line, sparsity, phase);
    },
  );
  return pairs.length === 0 ? null : compareCurves(own.name, name, pairs);
}

/** Whom a method has to beat: neither itself, nor its own controls, nor a study repeated with its faults. */
export function rivalsOf({ own, others }: Evidence): Line[] {
  return others.filter(({ of, asCoded }) => of !== own.method && !asCoded);
}

/** The rival with the best mean at a sparsity; null where there is none. */
export function bestAt(evidence: Evidence, target: number): Line | null {
  const own = contenderAt(evidence.own, target, evidence.phase);
  const scored = rivalsOf(evidence).flatMap((line) => {
    const contender = contenderAt(line, target, evidence.phase);
    const accuracy = meanOf(contender);
    return accuracy !== null && canPair(own, contender) ? [{ line, accuracy }] : [];
  });
  return scored.sort((a, b) => b.accuracy - a.accuracy)[0]?.line ?? null;
}
