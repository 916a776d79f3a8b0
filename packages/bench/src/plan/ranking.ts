import type { Allocation, Granularity } from "@ticketbench/prune";
import type { Pruning } from "./cell.ts";

/** Among which weights scores are ranked, and who keeps how many: what the pruning core asks of a study. */
export interface Ranking {
  readonly granularity: Granularity;
  readonly allocation: Allocation;
}

/** What a study's words for it mean. "global" and "row" name both at once; everything else ranks layer by layer. */
export function rankingOf({ allocation, granularity }: Pick<Pruning, "allocation" | "granularity">): Ranking {
  if (allocation === "global" || allocation === "row") return { granularity: allocation, allocation: "uniform" };
  return {
    granularity: granularity === undefined || granularity === "layerwise" ? "layer" : granularity,
    allocation: allocation === "layerwise" ? "uniform" : allocation,
  };
}
