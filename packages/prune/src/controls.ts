import type { RandomStream } from "@ticketbench/backend";
import { type LxmertConfig, parameterCount, parameterShapes } from "@ticketbench/model";
import { z } from "zod";
import { Mask } from "./mask.ts";
import { PruneError } from "./prune-error.ts";
import { selectInUnits } from "./select.ts";

/** Seeded random numbers by name. A control names its own, apart from those of the method it controls for. */
type RandomOf = (name: string) => RandomStream;

/** The parameters of a control: the method it controls for, and that method's parameters. */
export const controlOf = z.strictObject({
  of: z.string().default("magnitude").describe("name of the method whose mask is taken"),
  with: z.record(z.string(), z.json()).default({}).describe("parameters of that method"),
});

/**
 * The mask with its bits in random order within each parameter: what a method chose is lost, how much it left in each
 * layer stays. A method that is no better than this only chose layer ratios (Frankle et al. 2021, Su et al. 2020).
 */
export function shuffleMask(mask: Mask, random: RandomOf): Mask {
  const shuffled = mask.prunable.map((name) => {
    const bytes = mask.toBytes(name);
    const order = random(`shuffled ${name}`).permutation(bytes.length);
    return [name, bytes.map((_, i) => bytes[order[i] as number] as number)] as const;
  });
  return Mask.fromBytes(mask.shapes, new Map(shuffled));
}

/** Random weights, as many of each parameter as the mask keeps. */
export function randomWithSameRatios(mask: Mask, random: RandomOf): Mask {
  const scores = mask.prunable.map((name) => {
    const draws = random(`same ratios ${name}`);
    return [name, Float32Array.from({ length: mask.size(name) }, () => draws.uniform())] as const;
  });
  const units = mask.prunable.map((name) => ({
    slices: [{ name, start: 0, end: mask.size(name) }],
    keep: mask.kept(name),
  }));
  return new Mask(mask.shapes, selectInUnits(new Map(scores), units));
}

/**
 * The config of a dense model with about as many parameters: hidden size and inner width shrink together, then the inner
 * width takes up the rest. Heads, layers, vocabulary and answers stay.
 * @throws PruneError when even the narrowest such model has more
 */
export function denseSmallConfig(config: LxmertConfig, parameters: number): LxmertConfig {
  const of = (hidden: number, intermediate: number) => ({ ...config, hidden, intermediate });
  const size = (candidate: LxmertConfig) => parameterCount(parameterShapes(candidate));
  const { heads } = config;
  let hidden = config.hidden;
  const widthOf = (h: number) => Math.max(1, Math.round((h * config.intermediate) / config.hidden));
  while (hidden > heads && size(of(hidden, widthOf(hidden))) > parameters) hidden -= heads;
  const narrowest = size(of(hidden, 1));
  const perNeuron = size(of(hidden, 2)) - narrowest;
  if (narrowest > parameters)
    throw new PruneError(`no dense model with ${heads} heads has as few as ${parameters} parameters`);
  return of(hidden, 1 + Math.round((parameters - narrowest) / perNeuron));
}
