import { forwardFlops } from "@ticketbench/model";
import type { Phase } from "@ticketbench/results";
import type { Cell } from "../plan/cell.ts";
import type { CellContext, Measurement } from "../run/program.ts";
import { regionsRead } from "./datasets.ts";
import { Laboratory, streamSeeds } from "./laboratory.ts";
import { startWeights } from "./start.ts";
import { networkLatency } from "./latency.ts";
import { bundleOfWeights } from "./weights-bundle.ts";
import { weightsSize } from "./weights-size.ts";

/** What a dense cell keeps for its tickets beside the weights. */
export interface DenseFacts {
  readonly phase: Phase;
  readonly startWeights: string;
}

/** The unpruned baseline of one seed: fine-tunes the start weights and keeps both for the tickets. */
export async function runDense(cell: Cell & { kind: "dense" }, context: CellContext): Promise<Measurement> {
  const lab = await Laboratory.open(cell.inputs, context);
  const start = await startWeights(cell, lab, context);
  const { weights, history } = await lab.train("dense", start, cell.seed);
  const phase = await lab.evaluate(weights, "dense");
  const facts: DenseFacts = { phase, startWeights: cell.inputs.start };
  await context.keep(
    "weights",
    bundleOfWeights(
      [
        ["start", start],
        ["tuned", weights],
      ],
      { facts },
    ),
  );
  const network = { config: lab.network.config, weights };
  const latency = await lab.bill.time("measure latency", () => networkLatency(network, network, lab.timingBatch()));
  const regions = regionsRead(lab.dataset, lab.settings.dataset);
  const { total } = forwardFlops(lab.network.config, { tokens: lab.network.config.positions, regions });
  return {
    seeds: streamSeeds(cell.seed),
    dataset: lab.describeDataset(cell.inputs.dataset),
    model: lab.describeModel(cell.inputs.start),
    measured: { prunable: 0, total: 0 },
    ledger: { modules: {}, resolution: 1 },
    maskHash: null,
    zeroMask: null,
    phases: { dense: phase },
    training: [history],
    cost: lab.bill.sum(),
    bytes: await weightsSize(weights, null),
    flops: { dense: total, sparse: total },
    latency,
  };
}
