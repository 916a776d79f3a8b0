import type { Weights } from "@ticketbench/model";
import type { Mask } from "./mask.ts";

/** The parameter whose kept share is furthest from the whole mask's target. */
function furthestOff(mask: Mask, density: number): string {
  const distance = (name: string) => Math.abs(mask.kept(name) - density * mask.size(name));
  return mask.prunable.reduce(
    (worst, name) => (distance(name) > distance(worst) ? name : worst),
    mask.prunable[0] ?? "",
  );
}

/** The magnitude that is pruned most often in a parameter, and how often; none is 0 times. */
function largestTie(values: Float32Array, bytes: Uint8Array): { readonly magnitude: number; readonly count: number } {
  const counts = new Map<number, number>();
  values.forEach((value, i) => {
    if (bytes[i] === 0) counts.set(Math.abs(value), (counts.get(Math.abs(value)) ?? 0) + 1);
  });
  return [...counts].reduce((most, [magnitude, count]) => (count > most.count ? { magnitude, count } : most), {
    magnitude: 0,
    count: 0,
  });
}

/** Says by how much, where and probably why a mask missed its target: a clear error for whoever wrote the method. */
export function explainMiss(mask: Mask, weights: Weights, sparsity: number, keep: number): string {
  const [size, kept] = [mask.size(), mask.kept()];
  const name = furthestOff(mask, 1 - sparsity);
  const { magnitude, count } = largestTie(weights.get(name)?.values ?? new Float32Array(), mask.toBytes(name));
  const ties = count > 1 ? `; ${count} ties at ${Number(magnitude.toPrecision(4))} were removed together` : "";
  return (
    `asked ${sparsity}, mask has ${(1 - kept / size).toFixed(4)} (${kept} of ${size} weights kept, not ${keep}), ` +
    `${(1 - mask.kept(name) / Math.max(1, mask.size(name))).toFixed(4)} in ${name}${ties}: ` +
    "use exact selection (return scores, or selectHighest)"
  );
}
