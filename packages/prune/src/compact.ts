import type { LxmertConfig, Weights, WeightTensor } from "@ticketbench/model";
import type { Mask } from "./mask.ts";
import { PruneError } from "./prune-error.ts";
import { feedForwards, placesOf } from "./structure.ts";

/** A smaller model that answers as the masked one does. */
export interface Compact {
  readonly config: LxmertConfig;
  readonly weights: Weights;
}

/** The neurons of a feed-forward sublayer that do something under the mask: a weight in or a weight out is kept. */
function liveNeurons(mask: Mask, into: string, outOf: string): number[] {
  const [rows, columns] = [mask.toBytes(into), mask.toBytes(outOf)];
  const bytes = new Map([
    [into, rows],
    [outOf, columns],
  ]);
  const [neurons = 0] = mask.shapes.get(into) ?? [];
  return Array.from({ length: neurons }, (_, i) => i).filter((i) => {
    for (const [name, index] of placesOf({ rowsOf: [into], columnsOf: outOf, start: i, end: i + 1 }, mask.shapes))
      if (bytes.get(name)?.[index] === 1) return true;
    return false;
  });
}

function rows({ shape, values }: WeightTensor, kept: readonly number[]): WeightTensor {
  const width = values.length / (shape[0] ?? 1);
  const taken = new Float32Array(kept.length * width);
  kept.forEach((row, i) => taken.set(values.subarray(row * width, (row + 1) * width), i * width));
  return { shape: [kept.length, ...shape.slice(1)], values: taken };
}

function columns({ shape, values }: WeightTensor, kept: readonly number[]): WeightTensor {
  const [height = 0, width = 0] = shape;
  const taken = new Float32Array(height * kept.length);
  for (let row = 0; row < height; row++)
    kept.forEach((column, i) => (taken[row * kept.length + i] = values[row * width + column] as number));
  return { shape: [height, kept.length], values: taken };
}

/**
 * Takes the feed-forward neurons that the mask has emptied out of the model. Every sublayer of an LXMERT is as wide, so
 * the widest one left decides, and the others keep some of their emptied neurons.
 * @throws PruneError when the mask is of another model
 */
export function removeNeurons(mask: Mask, config: LxmertConfig, weights: Weights): Compact {
  const masked = new Map(mask.apply(weights));
  const sublayers = feedForwards(mask.shapes).map((names) => ({
    ...names,
    live: liveNeurons(mask, names.into, names.outOf),
  }));
  const width = Math.max(1, ...sublayers.map(({ live }) => live.length));
  for (const { into, outOf, live } of sublayers) {
    const [neurons = 0] = mask.shapes.get(into) ?? [];
    const empty = Array.from({ length: neurons }, (_, i) => i).filter((i) => !live.includes(i));
    const kept = [...live, ...empty.slice(0, width - live.length)].sort((a, b) => a - b);
    const bias = into.replace(/weight$/, "bias");
    for (const name of [into, bias]) masked.set(name, rows(tensorOf(masked, name), kept));
    masked.set(outOf, columns(tensorOf(masked, outOf), kept));
  }
  return { config: { ...config, intermediate: width }, weights: masked };
}

function tensorOf(weights: Weights, name: string): WeightTensor {
  const tensor = weights.get(name);
  if (tensor === undefined) throw new PruneError(`the weights have no ${name}`);
  return tensor;
}
