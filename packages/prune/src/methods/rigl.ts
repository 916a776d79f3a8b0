import { sizeOf } from "@ticketbench/model";
import { z } from "zod";
import { defineMethod } from "../define-method.ts";
import { Mask } from "../mask.ts";
import { selectHighest } from "../select.ts";

/** Of one parameter: the smallest kept weights make room for the pruned weights of the steepest gradient. */
function exchange(values: Float32Array, gradient: Float32Array, kept: Uint8Array, count: number): Uint8Array {
  const total = kept.reduce((sum, bit) => sum + bit, 0);
  const stay = values.map((weight, i) => (kept[i] === 1 ? Math.abs(weight) : -Infinity));
  const survivors = selectHighest(new Map([["stay", stay]]), total - count).get("stay") ?? new Uint8Array();
  const survives = (i: number) => (((survivors[i >> 3] ?? 0) >> (i & 7)) & 1) === 1;
  const grow = gradient.map((slope, i) => (survives(i) ? Infinity : kept[i] === 1 ? -1 : Math.abs(slope)));
  return selectHighest(new Map([["grow", grow]]), total).get("grow") ?? new Uint8Array();
}

export default defineMethod({
  title: "RigL",
  idea: "Start sparse at random; now and then drop the smallest weights and grow as many where the gradient is steepest.",
  family: "schedule",
  cite: `@inproceedings{evci2020rigging,
  title = {Rigging the Lottery: Making All Tickets Winners},
  author = {Evci, Utku and Gale, Trevor and Menick, Jacob and Castro, Pablo Samuel and Elsen, Erich},
  booktitle = {International Conference on Machine Learning},
  year = {2020}
}`,
  params: z.strictObject({
    every: z.int().min(1).default(10).describe("steps between two exchanges; 100 in the paper's long trainings"),
    share: z
      .number()
      .min(0)
      .max(1)
      .default(0.3)
      .describe("share of a parameter's weights exchanged at first; decays by a cosine"),
    end: z.number().min(0).max(1).default(0.75).describe("share of the training after which the mask stays"),
  }),
  needs: "training",
  nests: false,
  granularity: "layer",
  allocation: "erk",
  schedule: ({ shapes, prunable, params: { every, share, end }, keep, select, random, totalSteps }) => {
    const start = prunable.map((name) => {
      const draws = random(name);
      return [name, new Float32Array(sizeOf(shapes.get(name) ?? [])).map(() => draws.uniform())] as const;
    });
    let mask = select(new Map(start), keep);
    return {
      async maskAt(step, state) {
        if (step === 0) return mask;
        if (step % every !== 0 || step >= end * totalSteps) return null;
        const now = (share / 2) * (1 + Math.cos((Math.PI * step) / (end * totalSteps)));
        const [weights, gradients] = [await state.weights(), await state.gradients()];
        const exchanged = prunable.map((name) => {
          const kept = mask.toBytes(name);
          const count = Math.floor(now * Math.min(mask.kept(name), kept.length - mask.kept(name)));
          const values = weights.get(name)?.values ?? new Float32Array(kept.length);
          return [name, exchange(values, gradients.get(name) ?? new Float32Array(kept.length), kept, count)] as const;
        });
        mask = new Mask(shapes, new Map(exchanged));
        return mask;
      },
    };
  },
});
