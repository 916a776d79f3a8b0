import { tf } from "@ticketbench/backend";
import { initialise } from "@ticketbench/model";
import { prune } from "@ticketbench/prune";
import { loadMethod } from "@ticketbench/prune/node";
import { beforeAll, expect, test } from "vitest";
import { openToyLaboratory } from "../fixtures/toy-laboratory.ts";
import type { Laboratory } from "./laboratory.ts";
import { batchMilliseconds, ticketLatency } from "./latency.ts";

let lab: Laboratory;
beforeAll(async () => {
  lab = await openToyLaboratory();
});

async function latencyOf(name: string) {
  const method = await loadMethod(name);
  const weights = initialise(lab.network.config, 0);
  const settings = { scope: "encoder-matrices", sparsity: 0.5, seed: 0, heads: lab.network.config.heads } as const;
  const { mask, weights: pruned } = await prune({ method, weights, ...settings });
  const dense = { config: lab.network.config, weights };
  return await ticketLatency(method, dense, mask, pruned, lab.timingBatch());
}

test("every network of a ticket is timed on one batch of reported questions", async () => {
  const { batchSize } = lab.settings.recipe;
  const masked = await latencyOf("magnitude");
  expect(masked).toMatchObject({ batchSize });
  expect(masked.repeats).toBeGreaterThanOrEqual(3);
  expect(Math.min(masked.denseMilliseconds, masked.sparseMilliseconds)).toBeGreaterThan(0);
  expect(masked).not.toHaveProperty("compactMilliseconds");
});

test("a method that removes whole neurons is timed without them too", async () => {
  expect((await latencyOf("heads-and-ffn")).compactMilliseconds).toBeGreaterThan(0);
});

test("timing leaves no tensor behind", async () => {
  const network = { config: lab.network.config, weights: initialise(lab.network.config, 0) };
  const before = tf.memory().numTensors;
  await batchMilliseconds([network, network], lab.timingBatch());
  expect(tf.memory().numTensors).toBe(before);
});
