import type { Weights, WeightTensor } from "@ticketbench/model";
import { expect, test } from "vitest";
import { Flow } from "../flow.ts";
import { prune } from "../prune.ts";
import { lxmertShapes, randomWeights, TINY } from "../conformance/tiny-model.ts";
import { SCOPES } from "../scope.ts";
import synflow from "./synflow.ts";

const weights = randomWeights(lxmertShapes(TINY), 4);
const base = { weights, scope: "encoder-matrices", seed: 1, method: synflow } as const;

test("in one round keeps the weights of the largest flow, as sorting has it", async () => {
  const { mask } = await prune({ ...base, sparsity: 0.5, params: { rounds: 1 } });
  const flow = new Flow(weights);
  flow.run();
  const scores = mask.prunable.flatMap((name) =>
    [...(flow.scores.get(name) ?? [])].map((score, i) => ({ score, kept: mask.toBytes(name)[i] })),
  );
  scores.sort((a, b) => b.score - a.score);
  const lowestKept = scores.findLast(({ kept }) => kept === 1)?.score ?? NaN;
  const highestPruned = scores.find(({ kept }) => kept === 0)?.score ?? NaN;
  expect(lowestKept / highestPruned).toBeGreaterThan(1 - 1e-6);
});

test.each([0.9, 0.97, 0.99])("at %f rounds keep flow where one pruning leaves less or none", async (sparsity) => {
  const flowAfter = async (rounds: number) => {
    const { weights: pruned } = await prune({ ...base, sparsity, params: { rounds } });
    return new Flow(pruned).run();
  };
  const [once, often] = [await flowAfter(1), await flowAfter(100)];
  expect(often).toBeGreaterThan(0);
  expect(often).toBeGreaterThanOrEqual(once);
});

test("what carries no flow stays: biases and LayerNorm", async () => {
  const { ledger } = await prune({ ...base, scope: "thesis", sparsity: 0.6 });
  for (const { name, shape, pruned } of ledger.parameters)
    if (shape.length === 1) expect([name, pruned]).toEqual([name, 0]);
});

/** A chain of three layers: two inputs of ones, the pooler, the two layers of the answer head. */
function chain(): Weights {
  const layer = (name: string, rows: number, columns: number) => {
    const values = Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(rows + 3 * i) + 0.1);
    return [name, { shape: [rows, columns], values }] as const;
  };
  return new Map([
    layer("bert.embeddings.word_embeddings.weight", 1, 2),
    layer("bert.pooler.dense.weight", 3, 2),
    layer("logit_fc.0.weight", 2, 3),
    layer("logit_fc.3.weight", 2, 2),
  ]);
}

/** What flows out of the chain, by loops over every path from input to output. */
function flowByPaths(weights: Weights): number {
  const at = (name: string, row: number, column: number) => {
    const { shape, values } = weights.get(name) as WeightTensor;
    return Math.abs(values[row * (shape[1] ?? 0) + column] ?? NaN);
  };
  let sum = 0;
  for (const input of [0, 1])
    for (const pooled of [0, 1, 2])
      for (const hidden of [0, 1])
        for (const answer of [0, 1])
          sum +=
            at("bert.pooler.dense.weight", pooled, input) *
            at("logit_fc.0.weight", hidden, pooled) *
            at("logit_fc.3.weight", answer, hidden);
  return sum;
}

test.each([1, 2, 5])(
  "in %i rounds keeps what naive rounds keep: flow over all paths, without each weight",
  async (rounds) => {
    const start = chain();
    const places = [...start].slice(1).flatMap(([name, { values }]) => [...values].map((_, i) => ({ name, i })));
    const without = (weights: Weights, name: string, i: number) => {
      const { shape, values } = weights.get(name) as WeightTensor;
      return new Map([...weights, [name, { shape, values: values.map((value, k) => (k === i ? 0 : value)) }]]);
    };
    const keep = places.length - Math.round(0.6 * places.length);
    let weights: Weights = start;
    for (let round = 1; round <= rounds; round++) {
      const total = flowByPaths(weights);
      const scored = places.map((place) => ({
        ...place,
        score: total - flowByPaths(without(weights, place.name, place.i)),
      }));
      scored.sort((a, b) => b.score - a.score);
      const left = round === rounds ? keep : Math.round(places.length * (keep / places.length) ** (round / rounds));
      for (const { name, i } of scored.slice(left)) weights = without(weights, name, i);
    }
    const scope = { ...SCOPES["encoder-matrices"], pooler: true, head: true };
    const made = await prune({ ...base, weights: start, scope, sparsity: 0.6, params: { rounds } });
    for (const { name, i } of places)
      expect([name, i, made.mask.toBytes(name)[i]]).toEqual([name, i, weights.get(name)?.values[i] === 0 ? 0 : 1]);
  },
);
