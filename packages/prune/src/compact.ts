import { configOfRemaining, type LxmertConfig, type Weights, type WeightTensor } from "@ticketbench/model";
import type { Mask } from "./mask.ts";
import { PruneError } from "./prune-error.ts";
import { type Group, headGroups, neuronGroups } from "./structure.ts";

/** A smaller model that answers as the masked one does. */
export interface Compact {
  readonly config: LxmertConfig;
  readonly weights: Weights;
}

/** The groups that still reach what follows: a weight of their columns is kept. Of groups all emptied, the first. */
function liveGroups(groups: readonly Group[], mask: Mask): readonly Group[] {
  const [first] = groups;
  if (first === undefined) return groups;
  const width = mask.shapes.get(first.columnsOf)?.[1] ?? 0;
  const reaches = new Uint8Array(width);
  mask.toBytes(first.columnsOf).forEach((bit, i) => (reaches[i % width] = (reaches[i % width] as number) | bit));
  const live = groups.filter(({ start, end }) => reaches.subarray(start, end).includes(1));
  return live.length > 0 ? live : [first];
}

function rows({ shape, values }: WeightTensor, groups: readonly Group[]): WeightTensor {
  const width = values.length / (shape[0] ?? 1);
  const parts = groups.map(({ start, end }) => values.subarray(start * width, end * width));
  const taken = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    taken.set(part, at);
    at += part.length;
  }
  return { shape: [taken.length / width, ...shape.slice(1)], values: taken };
}

function columns({ shape, values }: WeightTensor, groups: readonly Group[]): WeightTensor {
  const [height = 0, width = 0] = shape;
  const kept = groups.reduce((sum, { start, end }) => sum + end - start, 0);
  const taken = new Float32Array(height * kept);
  for (let row = 0, at = 0; row < height; row++)
    for (const { start, end } of groups) {
      taken.set(values.subarray(row * width + start, row * width + end), at);
      at += end - start;
    }
  return { shape: [height, kept], values: taken };
}

function tensorOf(weights: Weights, name: string): WeightTensor {
  const tensor = weights.get(name);
  if (tensor === undefined) throw new PruneError(`the weights have no ${name}`);
  return tensor;
}

/**
 * Takes the attention heads and feed-forward neurons that the mask has cut off out of the model: matrices lose their rows
 * and columns, biases their entries, and the config says what remains of each sublayer, one head or neuron at least.
 * @param config of the whole model, nothing removed
 * @throws PruneError when the mask is of another model
 */
export function removeEmptied(mask: Mask, config: LxmertConfig, weights: Weights): Compact {
  const smaller = new Map(mask.apply(weights));
  for (const groups of [...headGroups(mask.shapes, config.heads), ...neuronGroups(mask.shapes)]) {
    const live = liveGroups(groups, mask);
    const [first] = live;
    if (first === undefined || live.length === groups.length) continue;
    for (const name of first.rowsOf)
      for (const each of [name, name.replace(/weight$/, "bias")])
        smaller.set(each, rows(tensorOf(smaller, each), live));
    smaller.set(first.columnsOf, columns(tensorOf(smaller, first.columnsOf), live));
  }
  return { config: configOfRemaining(config, smaller), weights: smaller };
}
