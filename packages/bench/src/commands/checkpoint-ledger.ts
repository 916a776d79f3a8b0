import type { Weights } from "@ticketbench/model";
import { type Count, type Ledger, ledgerOf, Mask, moduleOf, prunableNames, shapesOf } from "@ticketbench/prune";

/** What of a checkpoint is zero: `pruned` counts the zeros of every parameter, whatever made them. */
export interface CheckpointLedger extends Pick<Ledger, "modules" | "total" | "dead"> {
  /** Of the scope in which studies prune unless they say otherwise: the matrices of the encoders. */
  readonly prunable: Count;
}

/** The zeros of an LXMERT by module; null for weights of another model. */
export function ledgerOfZeros(weights: Weights): CheckpointLedger | null {
  if (![...weights.keys()].some((name) => moduleOf(name) === "cross-modality")) return null;
  const shapes = shapesOf(weights);
  const maskOf = (names: Iterable<string>): Mask =>
    Mask.fromBytes(shapes, new Map([...names].map((name) => [name, nonZero(weights, name)])));
  const { modules, total, dead } = ledgerOf(maskOf(weights.keys()));
  const { prunable } = ledgerOf(maskOf(prunableNames(shapes, "encoder-matrices")));
  return { modules, prunable, dead, total };
}

function nonZero(weights: Weights, name: string): Uint8Array {
  return Uint8Array.from(weights.get(name)?.values ?? [], (value) => Number(value !== 0));
}
