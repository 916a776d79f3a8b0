import { variantsOf, type DoneResult } from "@ticketbench/results";
import { LABELS } from "./thesis.ts";

/** One value a label of the study, in the order of LABELS; null where nothing was run. */
export type ByLabel = readonly (number | null)[];

/** The finished tickets of one variant, by label. */
function runsByLabel(results: readonly DoneResult[], variant: string): DoneResult[][] {
  const variants = variantsOf(results);
  const own = results.filter((result) => variants.get(result.id)?.id === variant);
  return LABELS.map((label) => own.filter(({ target }) => target === label));
}

/** Share of a mask's removed weights that are zero on the retrained checkpoint, mean over the seeds. */
export function zerosThatStayed(results: readonly DoneResult[], variant: string): ByLabel {
  return runsByLabel(results, variant).map((runs) => {
    const shares = runs.flatMap(({ zeroMask }) =>
      zeroMask && zeroMask.asked > 0 ? [zeroMask.zerosOnCheckpoint / zeroMask.asked] : [],
    );
    return shares.length === 0 ? null : shares.reduce((sum, share) => sum + share, 0) / shares.length;
  });
}

function removedWeights({ ledger }: DoneResult): number {
  return Object.values(ledger.modules).reduce((sum, [, pruned]) => sum + pruned, 0);
}

/**
 * Weights that the study's random mask removed beyond the count of the low mask whose shares it throws coins with, for
 * each seed that both were run with.
 */
export function coinErrors(results: readonly DoneResult[]): { readonly seed: number; readonly weights: ByLabel }[] {
  const random = runsByLabel(results, "thesis-random~as-coded");
  const low = runsByLabel(results, "thesis-low~as-coded");
  const seeds = [...new Set(random.flat().map(({ seed }) => seed))].sort((a, b) => a - b);
  return seeds.map((seed) => ({
    seed,
    weights: random.map((runs, label) => {
      const [thrown, aimed] = [runs, low[label] ?? []].map((side) => side.find((run) => run.seed === seed));
      return thrown && aimed ? removedWeights(thrown) - removedWeights(aimed) : null;
    }),
  }));
}
