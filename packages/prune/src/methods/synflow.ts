import type { Weights } from "@ticketbench/model";
import { z } from "zod";
import { defineMethod } from "../define-method.ts";
import { Flow } from "../flow.ts";
import { Mask } from "../mask.ts";
import { type Scores, selectHighest } from "../select.ts";

/**
 * Each weight's share of the flow, in single precision after dividing by the largest. What carries no flow, as biases
 * and LayerNorm, is kept before all else.
 */
function flowScores(weights: Weights, prunable: readonly string[]): Scores {
  const flow = new Flow(weights);
  flow.run();
  let largest = 0;
  for (const scores of flow.scores.values()) for (const score of scores) largest = Math.max(largest, score);
  return new Map(
    prunable.map((name) => {
      const scores = flow.scores.get(name);
      if (scores === undefined) return [name, new Float32Array(weights.get(name)?.values.length ?? 0).fill(Infinity)];
      return [name, Float32Array.from(scores, (score) => (largest === 0 ? 0 : score / largest))];
    }),
  );
}

export default defineMethod({
  title: "SynFlow",
  idea: "Without data, keep the weights that carry most of the flow from input to answers, in many small rounds.",
  family: "gradient",
  cite: `@inproceedings{tanaka2020pruning,
  title = {Pruning Neural Networks without Any Data by Iteratively Conserving Synaptic Flow},
  author = {Tanaka, Hidenori and Kunin, Daniel and Yamins, Daniel L. K. and Ganguli, Surya},
  booktitle = {Advances in Neural Information Processing Systems},
  year = {2020}
}`,
  params: z.strictObject({
    rounds: z.int().min(1).max(1000).default(100).describe("rounds; round k of n leaves density^(k/n) of the weights"),
  }),
  needs: "nothing",
  nests: false,
  count: "exact",
  mask: ({ weights, shapes, prunable, params: { rounds }, keep }) => {
    let mask = Mask.dense(shapes, prunable);
    const size = mask.size();
    for (let round = 1; round <= rounds; round++) {
      const left = round === rounds ? keep : Math.round(size * (keep / size) ** (round / rounds));
      mask = new Mask(shapes, selectHighest(flowScores(mask.apply(weights), prunable), left));
    }
    return { mask };
  },
});
