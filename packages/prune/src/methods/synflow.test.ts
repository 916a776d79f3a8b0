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

test("rounds avoid the layer collapse that a single one brings at high sparsity", async () => {
  const emptied = async (rounds: number) => {
    const { ledger } = await prune({ ...base, sparsity: 0.97, params: { rounds } });
    const live = ledger.parameters.filter(({ prunable, dead, name }) => prunable && !dead && name.includes(".layer."));
    return live.filter(({ kept }) => kept === 0).length;
  };
  expect(await emptied(100)).toBeLessThanOrEqual(await emptied(1));
  const { weights: pruned } = await prune({ ...base, sparsity: 0.97 });
  expect(new Flow(pruned).run()).toBeGreaterThan(0);
});

test("what carries no flow stays: biases and LayerNorm", async () => {
  const { ledger } = await prune({ ...base, scope: "thesis", sparsity: 0.6 });
  for (const { name, shape, pruned } of ledger.parameters)
    if (shape.length === 1) expect([name, pruned]).toEqual([name, 0]);
});
