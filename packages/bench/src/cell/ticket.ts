import { forwardFlops, type Weights } from "@ticketbench/model";
import { encodeMask, hashMask, type Mask, optimiserMasks } from "@ticketbench/prune";
import type { DoneResult, PhaseName, TrainingStage } from "@ticketbench/results";
import { percent } from "../plan/plan.ts";
import { type CellContext, CellFailure, type Measurement } from "../run/program.ts";
import { regionsRead } from "./datasets.ts";
import type { DenseFacts } from "./dense.ts";
import { findTicket, type Ticket, type TicketCell } from "./find-ticket.ts";
import { Laboratory, streamSeeds } from "./laboratory.ts";
import { ticketLatency } from "./latency.ts";
import { bundleOfWeights, weightsOfBundle } from "./weights-bundle.ts";
import { weightsSize } from "./weights-size.ts";

/** The artifact in which a ticket keeps its mask. */
export const MASK = "mask";

/**
 * One ticket, from mask to measurement: prune the fine-tuned network and evaluate it; put the start weights under the
 * mask and evaluate them; train those with the mask held, recount the zeros on the saved checkpoint, evaluate.
 */
export async function runTicket(cell: TicketCell, context: CellContext): Promise<Measurement> {
  const lab = await Laboratory.open(cell.inputs, context);
  const dense = await context.artifact(cell.needs[0] as string, "weights");
  const facts = (dense.meta as { facts: DenseFacts }).facts;
  const start = weightsOfBundle(dense, "start");
  const tuned = weightsOfBundle(dense, "tuned");
  const ticket = await lab.bill.time("find mask", () => findTicket(cell, start, tuned, lab));
  checkLabel(cell, ticket);
  const { mask } = ticket;
  await context.keep(MASK, { arrays: new Map([[MASK, await encodeMask(mask)]]), meta: null });

  const wanted = new Set<PhaseName>(cell.pruning.phases);
  const phases: DoneResult["phases"] = { dense: facts.phase };
  const training = [...ticket.training];
  let zeroMask: DoneResult["zeroMask"] = null;
  let final = ticket.pruned;
  if (wanted.has("pruned")) phases.pruned = await lab.evaluate(ticket.pruned, "pruned");
  if (wanted.has("rewound")) phases.rewound = await lab.evaluate(ticket.rewound, "rewound");
  if (wanted.has("retrained")) {
    const retrained = await retrain(cell, ticket, lab);
    training.push(...retrained.training);
    final = await saveAndReadBack(retrained.weights, context);
    zeroMask = recountZeros(mask, final);
    phases.retrained = await lab.evaluate(final, "retrained");
  }
  const latency = await lab.bill.time("measure latency", () =>
    ticketLatency(ticket.method, { config: lab.network.config, weights: tuned }, mask, final, lab.timingBatch()),
  );
  return {
    seeds: streamSeeds(cell.seed),
    dataset: lab.describeDataset(cell.inputs.dataset),
    model: lab.describeModel(facts.startWeights),
    ...(await describeMask(ticket, lab)),
    zeroMask,
    phases,
    training,
    cost: lab.bill.sum("find mask"),
    bytes: await weightsSize(final, mask),
    latency,
  };
}

/** A pattern that cannot leave the share asked for must not be published under its name; better told before training. */
function checkLabel({ pruning }: TicketCell, { method, ledger, resolution }: Ticket): void {
  const { size, sparsity } = ledger.prunable;
  if (method.asCoded !== undefined || Math.abs(sparsity - pruning.sparsity) * size <= resolution) return;
  const near = `the nearest it can is ${percent(sparsity)}`;
  throw new CellFailure("error", `${method.title} cannot remove ${percent(pruning.sparsity)}: ${near}; ask for that`);
}

/** Trains the ticket from its rewind point, unless the method has trained it already. */
async function retrain(
  cell: TicketCell,
  { mask, rewound, trained, from }: Ticket,
  lab: Laboratory,
): Promise<{ weights: Weights; training: TrainingStage[] }> {
  if (trained !== null) return { weights: trained, training: [] };
  const masks = cell.pruning.retraining === "masked" ? { masks: optimiserMasks(mask) } : {};
  const { weights, history } = await lab.train("retrained", rewound, cell.seed, { ...masks, from });
  return { weights, training: [history] };
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
async function describeMask({ mask, ledger, resolution }: Ticket, lab: Laboratory) {
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
    ledger: { modules, resolution },
    maskHash: await hashMask(mask),
    flops: { dense: total, sparse: total - saved },
  };
}
