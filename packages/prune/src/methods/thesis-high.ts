import type { RandomStream } from "@ticketbench/backend";
import { z } from "zod";
import { defineMethod } from "../define-method.ts";
import { fromLowMask, THESIS_CITATION } from "../thesis-rounds.ts";

/** The indices of the bytes that are `value`, in random order. */
function shuffledIndices(bytes: Uint8Array, value: 0 | 1, random: RandomStream): Uint32Array {
  const indices = Uint32Array.from([...bytes.keys()].filter((i) => bytes[i] === value));
  return random.permutation(indices.length).map((i) => indices[i] as number);
}

/**
 * The 2021 code mistook its mask's 1 for "keep": it removes as many weights as the low-magnitude mask keeps, first of all
 * low-magnitude ones. While those suffice, no weight of high magnitude is touched.
 */
function invertedHigh(low: Uint8Array, random: RandomStream): Uint8Array {
  const wanted = low.reduce((kept, bit) => kept + bit, 0);
  const small = shuffledIndices(low, 0, random);
  const large = shuffledIndices(low, 1, random);
  const mask = new Uint8Array(low.length).fill(1);
  for (const i of small.subarray(0, wanted)) mask[i] = 0;
  for (const i of large.subarray(0, Math.max(0, wanted - small.length))) mask[i] = 0;
  return mask;
}

export default defineMethod({
  title: "High magnitude, as coded in 2021",
  idea: "Named high, removes low: a slip of polarity removes random low-magnitude weights, as many as should have stayed.",
  family: "as-coded",
  cite: THESIS_CITATION,
  params: z.strictObject({}),
  needs: "nothing",
  nests: false,
  count: "own",
  asCoded: { retraining: "dense", label: (sparsity) => 1 - sparsity },
  mask: (context) => ({ mask: fromLowMask(context, (name, low) => invertedHigh(low, context.random(name))) }),
});
