import { expect, test } from "vitest";
import { Flow } from "../flow.ts";
import { prune } from "../prune.ts";
import { lxmertShapes, randomWeights, TINY } from "../conformance/tiny-model.ts";
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
