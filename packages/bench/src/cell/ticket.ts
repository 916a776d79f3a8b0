import { forwardFlops, type OptimiserMasks, type Weights } from "@ticketbench/model";
import { hashMask, type Mask, prune, type PruneOutcome } from "@ticketbench/prune";
import { loadMethod } from "@ticketbench/prune/node";
import type { DoneResult, PhaseName, TrainingStage } from "@ticketbench/results";
import type { Cell, Pruning } from "../plan/cell.ts";
import type { CellContext, Measurement } from "../run/program.ts";
import { regionsRead } from "./datasets.ts";
import type { DenseFacts } from "./dense.ts";
import { Laboratory, streamSeeds } from "./laboratory.ts";
import { bundleOfWeights, weightsOfBundle } from "./weights-bundle.ts";
import { weightsSize } from "./weights-size.ts";

type TicketCell = Cell & { kind: "ticket" };

/**
 * One ticket, from mask to measurement: prune the fine-tuned network and evaluate it; put the start weights under the
 * mask and evaluate them; train those with the mask held, recount the zeros on the saved checkpoint, evaluate.
 */
export async function runTicket(cell: TicketCell, context: CellContext): Promise<Measurement> {
  const lab = await Laboratory.open(cell.inputs, context);
  const dense = await context.artifact(cell.needs[0] as string, "weights");
  const facts = (dense.meta as { facts: DenseFacts }).facts;
  const start = weightsOfBundle(dense, "start");
  const outcome = await lab.bill.time("find mask", () => findMask(cell, weightsOfBundle(dense, "tuned"), lab));
  const { mask } = outcome;

  const wanted = new Set<PhaseName>(cell.pruning.phases);
  const phases: DoneResult["phases"] = { dense: facts.phase };
  const training: TrainingStage[] = [];
  let zeroMask: DoneResult["zeroMask"] = null;
  let final = outcome.weights;
  if (wanted.has("pruned")) phases.pruned = await lab.evaluate(outcome.weights, "pruned");
  const rewound = mask.apply(start);
  if (wanted.has("rewound")) phases.rewound = await lab.evaluate(rewound, "rewound");
  if (wanted.has("retrained")) {
    const masks = cell.pruning.retraining === "masked" ? { masks: optimiserMasks(mask) } : {};
    const retrained = await lab.train("retrained", rewound, cell.seed, masks);
    training.push(retrained.history);
    final = await saveAndReadBack(retrained.weights, context);
    zeroMask = recountZeros(mask, final);
    phases.retrained = await lab.evaluate(final, "retrained");
  }
  return {
    seeds: streamSeeds(cell.seed),
    dataset: lab.describeDataset(cell.inputs.dataset),
    model: lab.describeModel(facts.startWeights),
    ...(await describeMask(outcome, lab)),
    zeroMask,
    phases,
    training,
    cost: lab.bill.sum("find mask"),
    bytes: await weightsSize(final, mask),
  };
}

async function findMask({ pruning, seed }: TicketCell, weights: Weights, lab: Laboratory): Promise<PruneOutcome> {
  const { sparsity, scope, allocation } = pruning;
  const method = await loadMethod(pruning.method.id);
  const settings = {
    method,
    params: pruning.method.params,
    weights,
    scope,
    sparsity,
    seed,
    heads: lab.network.config.heads,
    load: loadMethod,
    ...competition(allocation),
  };
  if (method.needs !== "calibration" && method.needs !== "gradients") return await prune(settings);
  return await lab.withCalibration(weights, seed, (calibration) => prune({ ...settings, calibration }));
}

/** What a study's word for the allocation means to the pruning core. */
function competition(allocation: Pruning["allocation"]) {
  if (allocation === "global") return { granularity: "global", allocation: "uniform" } as const;
  if (allocation === "row") return { granularity: "row", allocation: "uniform" } as const;
  return { granularity: "layer", allocation: allocation === "erk" ? "erk" : "uniform" } as const;
}

function optimiserMasks(mask: Mask): OptimiserMasks {
  return new Map(mask.prunable.map((name) => [name, mask.toBytes(name)]));
}

/** The checkpoint as it lies on the disk: what is counted and evaluated is what was saved. */
async function saveAndReadBack(weights: Weights, context: CellContext): Promise<Weights> {
  await context.checkpoints.save("ticket", bundleOfWeights([["model", weights]]));
  const saved = await context.checkpoints.load("ticket");
  if (saved === null) throw new Error("the checkpoint that was just saved cannot be read");
  return weightsOfBundle(saved, "model");
}

function recountZeros(mask: Mask, weights: Weights): NonNullable<DoneResult["zeroMask"]> {
  const asked = mask.size() - mask.kept();
  const regrown = [...mask.regrown(weights).values()].reduce((sum, count) => sum + count, 0);
  return { asked, zerosOnCheckpoint: asked - regrown };
}

/** Sparsity, ledger and arithmetic as counted on the mask. */
async function describeMask({ mask, ledger }: PruneOutcome, lab: Laboratory) {
  const modules: DoneResult["ledger"]["modules"] = {};
  for (const { module, prunable, kept, pruned } of ledger.parameters) {
    if (!prunable) continue;
    const [keptBefore, prunedBefore] = modules[module] ?? [0, 0];
    modules[module] = [keptBefore + kept, prunedBefore + pruned];
  }
  const { config } = lab.network;
  const regions = regionsRead(lab.dataset, lab.settings.dataset);
  const { total, byParameter } = forwardFlops(config, { tokens: config.positions, regions });
  let saved = 0;
  for (const [name, flops] of byParameter) saved += flops * (1 - mask.kept(name) / mask.size(name));
  return {
    measured: { prunable: ledger.prunable.sparsity, total: ledger.total.sparsity },
    ledger: { modules, resolution: 1 },
    maskHash: await hashMask(mask),
    flops: { dense: total, sparse: total - saved },
  };
}
