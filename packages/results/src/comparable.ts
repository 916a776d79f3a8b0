import { type DoneResult, type Result, tiers } from "./schema/result.ts";
import { type Variant, variantsOf } from "./variant.ts";

/** The same for results made under the same recipe on the same questions: only these are compared. */
export function comparableKey({ track, dataset, model, study }: DoneResult): string {
  const data = [dataset.hash, dataset.split, dataset.questions];
  return JSON.stringify([track, data, model.config, study.resolved["recipe"] ?? study.hash]);
}

/**
 * One result of each variant, sparsity and seed: where two studies made the same cell, the better trusted, then the newer
 * one stands for it. A network that a repeated study fine-tuned stands for no other.
 */
function oneOfEachSeed(results: readonly DoneResult[]): DoneResult[] {
  const variants = variantsOf(results);
  const byDate = (a: DoneResult, b: DoneResult): number =>
    a.createdAt < b.createdAt ? -1 : Number(a.createdAt > b.createdAt);
  const best = [...results].sort((a, b) => tiers.indexOf(b.tier) - tiers.indexOf(a.tier) || byDate(b, a));
  const cell = (result: DoneResult): string => {
    const network = result.division === "as-coded" ? "dense as coded" : "dense";
    return [variants.get(result.id)?.id ?? network, result.target, result.seed].join(" ");
  };
  return [...Map.groupBy(best, cell).values()].flatMap(([first]) => (first ? [first] : []));
}

/**
 * The finished results in groups that are drawn in one chart and ranked together, each variant, sparsity and seed once;
 * the group with most results first. Give it `currentResults`.
 */
export function comparableGroups(results: readonly Result[]): DoneResult[][] {
  const done = results.filter((result) => result.status === "done");
  return [...Map.groupBy(done, comparableKey).values()].map(oneOfEachSeed).sort((a, b) => b.length - a.length);
}

/**
 * The variant of every ticket, by result id, named as a board names it: among those it is compared with. A failed one is
 * named among those of its study.
 */
export function variantsOfAll(results: readonly Result[]): Map<string, Variant> {
  const done = results.filter((result) => result.status === "done");
  const withFailed = new Set(results.filter(({ status }) => status === "failed").map(({ study }) => study.hash));
  const studies = Map.groupBy(results, ({ study }) => study.hash);
  const groups: (readonly Result[])[] = [...withFailed].map((hash) => studies.get(hash) ?? []);
  for (const group of Map.groupBy(done, comparableKey).values()) groups.push(group, oneOfEachSeed(group));
  // Later ones are the board's own.
  return new Map(groups.flatMap((group) => [...variantsOf(group)]));
}

/** The dense networks that stand for a group: one that only a repeated study fine-tuned does where there is no other. */
export function denseOf(results: readonly DoneResult[]): DoneResult[] {
  const dense = results.filter(({ kind }) => kind === "dense");
  const ranked = dense.filter(({ division }) => division !== "as-coded");
  return ranked.length > 0 ? ranked : dense;
}
