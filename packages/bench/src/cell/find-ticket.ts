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
import type { Cell } from "../plan/cell.ts";
import { scopeOf } from "../plan/scope.ts";
import { rankingOf } from "../plan/ranking.ts";
import type { TrainingPoint } from "./fine-tune.ts";
import type { Laboratory } from "./laboratory.ts";
import { methodFor, type MethodRequest } from "./method-loader.ts";

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
  /** Where in the fine-tune its weights come from; none: from the start. */
  readonly from?: TrainingPoint | undefined;
  /** Trained already, by a method that prunes while it trains; null where the training comes after. */
  readonly trained: Weights | null;
  /** Training runs that finding the mask took. */
  readonly training: readonly TrainingStage[];
}

/** Apart from every seed of a study: what "fresh weights" are drawn with. */
const FRESH_SEEDS = 2 ** 33;

/** What tickets go back to: the start, or the weights that the fine-tune had after some steps. */
interface Origin {
  readonly start: Weights;
  readonly weights: Weights;
  readonly from?: TrainingPoint | undefined;
  readonly training: readonly TrainingStage[];
}

/** Finds a ticket in the fine-tuned weights, with whatever the method needs for that: questions, or training. */
export async function findTicket(cell: TicketCell, start: Weights, tuned: Weights, lab: Laboratory): Promise<Ticket> {
  const method = await methodFor(cell.pruning.method.id, requestOf(cell));
  const settings = settingsOf(cell, method, tuned, lab);
  if ("schedule" in method) return await trainTicket(cell, settings, start, tuned, lab);
  const origin = await originOf(cell, start, lab);
  const stages = [...origin.training];
  const training = trainingOf(cell, origin, lab, stages);
  // A control may build on a method that looks at questions, or on one that trains.
  const needsQuestions = method.needs === "calibration" || method.needs === "gradients" || method.needs === "method";
  const outcome = needsQuestions
    ? await lab.withCalibration(tuned, cell.seed, (calibration) => prune({ ...settings, calibration, training }))
    : await prune({ ...settings, training });
  const { mask, ledger, weights, rewindTo, resolution } = outcome;
  const found = { method, mask, ledger, resolution, pruned: weights, trained: null, training: stages };
  if (rewindTo === "start") return { ...found, rewound: mask.apply(origin.weights), from: origin.from };
  return { ...found, rewound: mask.apply(initialise(lab.network.config, FRESH_SEEDS + cell.seed)) };
}

/** Late rewinding takes the first steps of the fine-tune once more: they are the same, bit for bit. */
async function originOf({ pruning, seed }: TicketCell, start: Weights, lab: Laboratory): Promise<Origin> {
  if (pruning.rewindStep === 0) return { start, weights: start, training: [] };
  const { weights, history, point } = await lab.train("rewind point", start, seed, { until: pruning.rewindStep });
  return { start, weights, from: point ?? undefined, training: [history] };
}

/** The study's training, for a method that needs it to find its mask; what it trained is noted in `stages`. */
function trainingOf(cell: TicketCell, origin: Origin, lab: Laboratory, stages: TrainingStage[]): Training {
  const { start, weights: rewindPoint, from } = origin;
  let rounds = 0;
  return {
    train: async (mask) => {
      const options = { masks: optimiserMasks(mask), from };
      const stage = `round ${++rounds}`;
      const { weights, history } = await lab.train(stage, mask.apply(rewindPoint), cell.seed, options);
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
    training: trainingOf(cell, { start, weights: start, training: [] }, lab, stages),
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

function requestOf({ pruning, seed }: TicketCell): MethodRequest {
  return { scope: scopeOf(pruning.scope), seed, ...rankingOf(pruning) };
}

function settingsOf(cell: TicketCell, method: Method, weights: Weights, lab: Laboratory): PruneSettings {
  const request = requestOf(cell);
  return {
    method,
    params: cell.pruning.method.params,
    weights,
    sparsity: cell.pruning.sparsity,
    heads: lab.network.config.heads,
    load: (id) => methodFor(id, request),
    ...request,
  };
}
