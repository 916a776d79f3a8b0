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
  const bytes = new Map([...weights].map(([name, { values }]) => [name, nonZero(values)]));
  const { modules, total, dead, parameters } = ledgerOf(Mask.fromBytes(shapes, bytes));
  const inScope = new Set(prunableNames(shapes, "encoder-matrices"));
  return { modules, prunable: sum(parameters.filter(({ name }) => inScope.has(name))), dead, total };
}

function sum(lines: readonly Count[]): Count {
  const add = (field: "size" | "kept" | "pruned"): number => lines.reduce((all, line) => all + line[field], 0);
  const [size, kept, pruned] = [add("size"), add("kept"), add("pruned")];
  return { size, kept, pruned, sparsity: size === 0 ? 0 : pruned / size };
}

/** A loop: a callback for each of 200 million weights takes half a minute. */
function nonZero(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) bytes[i] = values[i] === 0 ? 0 : 1;
  return bytes;
}
