import {
  comparableGroups,
  denseOf,
  recomputeAccuracy,
  variantsOf,
  type DoneResult,
  type Phase as ScoredPhase,
  type Result,
  type Variant,
} from "@ticketbench/results";
import {
  BASELINES,
  PHASES,
  type Accuracies,
  type Board,
  type BoardCell,
  type BoardMethod,
  type Phase,
  type Track,
} from "./board.ts";
import { judge } from "./judge.ts";
import { defaultState } from "./state.ts";
import { viewOf } from "./view.ts";

/** Accuracies of one evaluation; the overall one is recomputed from the score of every question. */
export function accuraciesOf(phase: ScoredPhase): Accuracies {
  const types = phase.byAnswerType;
  const of = (type: "yes/no" | "number" | "other"): number | null => {
    const found = types[type];
    return found && found.questions > 0 ? found.accuracy : null;
  };
  return [recomputeAccuracy(phase.scores), of("yes/no"), of("number"), of("other")];
}

/** Seconds that the making of a result took on its machine, all steps together, to a tenth. */
export function secondsOf(result: DoneResult): number {
  const sum = Object.values(result.cost.seconds).reduce((total, seconds) => total + seconds, 0);
  return Math.round(sum * 10) / 10;
}

function cellOf(result: DoneResult, variant: Variant): BoardCell {
  const phases: Partial<Record<Phase, Accuracies>> = {};
  for (const name of PHASES) {
    const phase = result.phases[name];
    if (phase) phases[name] = accuraciesOf(phase);
  }
  return {
    id: result.id,
    method: variant.id,
    seed: result.seed,
    tier: result.tier,
    target: result.target,
    prunable: result.measured.prunable,
    total: result.measured.total,
    phases,
    flops: result.flops?.sparse ?? null,
    bytes: result.bytes.compressed,
    cost: secondsOf(result),
    latency: result.latency ? (result.latency.compactMilliseconds ?? result.latency.sparseMilliseconds) / 1000 : null,
  };
}

/** An address-safe name, not yet taken. */
function trackId(results: readonly DoneResult[], taken: ReadonlySet<string>): string {
  const first = results[0];
  const names = first
    ? [first.track, `${first.track}-${first.study.name}`.toLowerCase().replace(/[^a-z0-9]+/g, "-")]
    : [];
  const free = names.find((name) => !taken.has(name));
  if (free !== undefined) return free;
  let number = 2;
  while (taken.has(`${names[1] ?? ""}-${String(number)}`)) number++;
  return `${names[1] ?? ""}-${String(number)}`;
}

function trackOf(
  id: string,
  results: readonly DoneResult[],
  failed: number,
  variants: ReadonlyMap<string, Variant>,
): Track {
  const first = results[0];
  if (!first) throw new Error("a track needs at least one result");
  const dense = denseOf(results);
  return {
    id,
    title: first.dataset.name,
    dataset: first.dataset.name,
    split: first.dataset.split,
    questions: first.dataset.questions,
    dense: dense.flatMap(({ phases }) => (phases.dense ? [accuraciesOf(phases.dense)] : [])),
    denseIds: dense.map(({ id }) => id),
    floor: first.dataset.floors.constantAnswer,
    cells: results.flatMap((result) => {
      const variant = variants.get(result.id);
      return variant ? [cellOf(result, variant)] : [];
    }),
    judgements: judge(results, variants),
    failed,
  };
}

/** Tracks that ask the same dataset under another recipe say which study of theirs is the largest. */
function nameApart(tracks: readonly Track[], groups: readonly (readonly DoneResult[])[]): Track[] {
  return tracks.map((track, index) => {
    if (tracks.filter(({ dataset }) => dataset === track.dataset).length === 1) return track;
    const studies = [...Map.groupBy(groups[index] ?? [], ({ study }) => study.name)];
    const [largest = ""] = studies.sort(([, a], [, b]) => b.length - a.length)[0] ?? [];
    return { ...track, title: `${track.dataset} · ${largest}` };
  });
}

/**
 * Styles in the order of `first`, then of the ids: what one picture shows should come early in it, for only neighbours
 * are sure to differ in colour.
 */
function numberStyles(
  variants: readonly Variant[],
  first: readonly string[],
  preview: string | undefined,
): BoardMethod[] {
  const byId = new Map(variants.map((variant) => [variant.id, variant]));
  const place = ({ id }: Variant): number => (first.includes(id) ? first.indexOf(id) : first.length);
  return [...byId.values()]
    .sort((a, b) => place(a) - place(b) || (a.id < b.id ? -1 : 1))
    .map(({ id, method, title, asCoded }, style) => ({ id, title, style, asCoded, isPreview: method === preview }));
}

/** Numbers the methods so that the first picture, whose choice depends on no style, has a colour for each of its own. */
function withStyles(tracks: readonly Track[], variants: readonly Variant[], preview: string | undefined): Board {
  const draft: Board = { methods: numberStyles(variants, BASELINES, preview), tracks };
  const shown = viewOf(draft, defaultState(draft))?.methods.map(({ id }) => id) ?? [];
  return { methods: numberStyles(variants, [...BASELINES, ...shown], preview), tracks };
}

/**
 * Most results first: the track with the fullest grid opens the page.
 * @param preview the method that a contributor looks at before it is published
 */
export function boardOf(results: readonly Result[], preview?: string): Board {
  const groups = comparableGroups(results);
  const taken = new Set<string>();
  const seen: Variant[] = [];
  const tracks = groups.map((group) => {
    const id = trackId(group, taken);
    taken.add(id);
    const variants = variantsOf(group);
    seen.push(...variants.values());
    const studies = new Set(group.map((result) => result.study.hash));
    const failed = results.filter((result) => result.status === "failed" && studies.has(result.study.hash)).length;
    return trackOf(id, group, failed, variants);
  });
  return withStyles(nameApart(tracks, groups), seen, preview);
}
