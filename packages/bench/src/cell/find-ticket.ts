import type { TrainingStage } from "@ticketbench/results";
import { initialise, type Weights } from "@ticketbench/model";
import {
  type Ledger,
  type Mask,
  type Method,
  optimiserMasks,
  type PruneSettings,
  prune,
  type Training,
} from "@ticketbench/prune";
import { loadMethod } from "@ticketbench/prune/node";
import type { Cell, Pruning } from "../plan/cell.ts";
import type { Laboratory } from "./laboratory.ts";

export type TicketCell = Cell & { kind: "ticket" };

/** A ticket: the mask, what it is put on, and what was already trained on the way to it. */
export interface Ticket {
  readonly method: Method;
  readonly mask: Mask;
  readonly ledger: Ledger;
  /** Weights by which the count may miss the target: 1 where weights go one by one. */
  readonly resolution: number;
  /** The fine-tuned weights under the mask, updated where the method updates what stays. */
  readonly pruned: Weights;
  /** The start weights under the mask, or fresh ones where the method asks for those. */
  readonly rewound: Weights;
  /** Trained already, by a method that prunes while it trains; null where the training comes after. */
  readonly trained: Weights | null;
  /** Training runs that finding the mask took. */
  readonly training: readonly TrainingStage[];
}

/** Apart from every seed of a study: what "fresh weights" are drawn with. */
const FRESH_SEEDS = 2 ** 33;

/** Finds a ticket in the fine-tuned weights, with whatever the method needs for that: questions, or training. */
export async function findTicket(cell: TicketCell, start: Weights, tuned: Weights, lab: Laboratory): Promise<Ticket> {
  const method = await loadMethod(cell.pruning.method.id);
  const settings = settingsOf(cell, method, tuned, lab);
  if ("schedule" in method) return await trainTicket(cell, settings, start, tuned, lab);
  const stages: TrainingStage[] = [];
  const training = trainingOf(cell, start, lab, stages);
  // A control may build on a method that looks at questions, or on one that trains.
  const needsQuestions = method.needs === "calibration" || method.needs === "gradients" || method.needs === "method";
  const outcome = needsQuestions
    ? await lab.withCalibration(tuned, cell.seed, (calibration) => prune({ ...settings, calibration, training }))
    : await prune({ ...settings, training });
  const { mask, ledger, weights, rewindTo, resolution } = outcome;
  const rewindPoint = rewindTo === "fresh" ? initialise(lab.network.config, FRESH_SEEDS + cell.seed) : start;
  const rewound = mask.apply(rewindPoint);
  return { method, mask, ledger, resolution, pruned: weights, rewound, trained: null, training: stages };
}

/** The study's training, for a method that needs it to find its mask; what it trained is noted in `stages`. */
function trainingOf(cell: TicketCell, start: Weights, lab: Laboratory, stages: TrainingStage[]): Training {
  return {
    train: async (mask) => {
      const options = { masks: optimiserMasks(mask) };
      const stage = `round ${stages.length + 1}`;
      const { weights, history } = await lab.train(stage, mask.apply(start), cell.seed, options);
      stages.push(history);
      return weights;
    },
    follow: async (begin) => {
      const schedule = (totalSteps: number) => begin(start, totalSteps);
      const { weights, history, mask } = await lab.train("schedule", start, cell.seed, { schedule });
      stages.push(history);
      if (mask === null) throw new Error("the schedule never gave a mask");
      return { weights, mask };
    },
  };
}

/** A method that prunes while it trains: from the start weights, by the study's recipe, the mask changing on the way. */
async function trainTicket(
  cell: TicketCell,
  settings: PruneSettings,
  start: Weights,
  tuned: Weights,
  lab: Laboratory,
): Promise<Ticket> {
  const stages: TrainingStage[] = [];
  const { mask, ledger, weights, resolution } = await prune({
    ...settings,
    training: trainingOf(cell, start, lab, stages),
  });
  return {
    method: settings.method,
    mask,
    ledger,
    resolution,
    pruned: mask.apply(tuned),
    rewound: mask.apply(start),
    trained: weights,
    training: stages,
  };
}

function settingsOf({ pruning, seed }: TicketCell, method: Method, weights: Weights, lab: Laboratory): PruneSettings {
  return {
    method,
    params: pruning.method.params,
    weights,
    scope: pruning.scope,
    sparsity: pruning.sparsity,
    seed,
    heads: lab.network.config.heads,
    load: loadMethod,
    ...competition(pruning.allocation),
  };
}

/** What a study's word for the allocation means to the pruning core. */
function competition(allocation: Pruning["allocation"]) {
  if (allocation === "global") return { granularity: "global", allocation: "uniform" } as const;
  if (allocation === "row") return { granularity: "row", allocation: "uniform" } as const;
  return { granularity: "layer", allocation: allocation === "erk" ? "erk" : "uniform" } as const;
}
