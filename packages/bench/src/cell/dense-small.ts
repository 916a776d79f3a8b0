import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import {
  forwardFlops,
  initialise,
  type LxmertConfig,
  parameterCount,
  parameterShapes,
  type Weights,
} from "@ticketbench/model";
import { denseSmallConfig } from "@ticketbench/prune";
import type { MethodIdentity } from "../plan/plan.ts";
import type { CellContext, Measurement } from "../run/program.ts";
import { StudyError } from "../study/error.ts";
import { scopeOf } from "../plan/scope.ts";
import { contentHash } from "../plan/canonical.ts";
import { regionsRead } from "./datasets.ts";
import type { DenseFacts } from "./dense.ts";
import type { TicketCell } from "./find-ticket.ts";
import { Laboratory, streamSeeds } from "./laboratory.ts";
import { prunableParameters } from "./prunable.ts";
import { networkLatency } from "./latency.ts";
import { weightsOfBundle } from "./weights-bundle.ts";
import { weightsSize } from "./weights-size.ts";

/**
 * The control that prunes nothing: a narrower network with about as many weights as a ticket keeps, from fresh weights.
 * A study names it where it names methods.
 */
export const DENSE_SMALL = "dense-small";

/** What it is to a plan; another version of this file is another control. */
export async function denseSmallIdentity(params: Readonly<Record<string, unknown>>): Promise<MethodIdentity> {
  if (Object.keys(params).length > 0) throw new StudyError(`${DENSE_SMALL} has no parameters`);
  const source = await readFile(new URL(import.meta.url));
  const version = createHash("sha256").update(source).digest("hex");
  return { title: "Dense, as small", version, params: {}, neverRewinds: true };
}

/** Trains the small network by the study's recipe and measures it beside the large one. */
export async function runDenseSmall(cell: TicketCell, context: CellContext): Promise<Measurement> {
  const lab = await Laboratory.open(cell.inputs, context);
  const bundle = await context.artifact(cell.needs[0] as string, "weights");
  const { phase, startWeights } = (bundle.meta as { facts: DenseFacts }).facts;
  const size = smallSize(cell, lab.network.config);
  const fresh = initialise(size.config, cell.seed);
  const { weights, history } = await lab.train("retrained", fresh, cell.seed, { config: size.config });
  const retrained = await lab.evaluate(weights, "retrained", size.config);
  const large = { config: lab.network.config, weights: weightsOfBundle(bundle, "tuned") };
  const latency = await lab.bill.time("measure latency", () =>
    networkLatency(large, { config: size.config, weights }, lab.timingBatch()),
  );
  return {
    seeds: streamSeeds(cell.seed),
    dataset: lab.describeDataset(cell.inputs.dataset),
    model: lab.describeModel(startWeights),
    ...describeSize(size),
    ...{ phases: { dense: phase, retrained }, training: [history], cost: lab.bill.sum() },
    ...{ bytes: await bytesOf(weights, size), flops: flopsOf(size, lab), latency },
  };
}

/** The small network in numbers of weights. */
interface SmallSize {
  readonly config: LxmertConfig;
  readonly large: LxmertConfig;
  readonly prunable: number;
  /** How many fewer it has, wherever they were. */
  readonly removed: number;
}

function smallSize({ pruning }: TicketCell, large: LxmertConfig): SmallSize {
  const shapes = parameterShapes(large);
  const prunable = parameterCount(prunableParameters(large, scopeOf(pruning.scope)));
  const total = parameterCount(shapes);
  const config = denseSmallConfig(large, total - Math.round(pruning.sparsity * prunable));
  return { config, large, prunable, removed: total - parameterCount(parameterShapes(config)) };
}

/** Weights that the small network never had count as removed, and as zero. A neuron of every layer comes or goes at once. */
function describeSize({ config, large, prunable, removed }: SmallSize) {
  const count = (intermediate: number): number => parameterCount(parameterShapes({ ...config, intermediate }));
  return {
    measured: { prunable: removed / prunable, total: removed / parameterCount(parameterShapes(large)) },
    ledger: {
      modules: { "whole model": [prunable - removed, removed] as [number, number] },
      resolution: count(config.intermediate + 1) - count(config.intermediate),
    },
    maskHash: contentHash(config),
    zeroMask: { asked: removed, zerosOnCheckpoint: removed },
  };
}

async function bytesOf(weights: Weights, { large }: SmallSize): Promise<Measurement["bytes"]> {
  const size = await weightsSize(weights, null);
  return { ...size, dense: parameterCount(parameterShapes(large)) * Float32Array.BYTES_PER_ELEMENT };
}

function flopsOf({ config, large }: SmallSize, lab: Laboratory): NonNullable<Measurement["flops"]> {
  const input = { tokens: large.positions, regions: regionsRead(lab.dataset, lab.settings.dataset) };
  return { dense: forwardFlops(large, input).total, sparse: forwardFlops(config, input).total };
}
