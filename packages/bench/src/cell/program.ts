import { describeLeak } from "@ticketbench/data-vqa";
import { scopeOf } from "../plan/scope.ts";
import type { Program } from "../run/program.ts";
import { leaksOf, openDataset } from "./datasets.ts";
import { DENSE_SMALL, runDenseSmall } from "./dense-small.ts";
import { runDense } from "./dense.ts";
import { identities } from "./identities.ts";
import { describeNetwork } from "./network.ts";
import { prunableWords } from "./prunable.ts";
import { runStart } from "./start.ts";
import { runTicket } from "./ticket.ts";
import { workload } from "./workload.ts";

/** The experiment: what the cells of a study do. */
const program: Program = {
  identities,
  workload,
  prunable: async (settings, scope) => {
    const { config } = await describeNetwork(settings, await openDataset(settings.dataset));
    return prunableWords(config, scopeOf(scope));
  },
  leaks: async ({ dataset, start }) => leaksOf(await openDataset(dataset), dataset, start).map(describeLeak),
  run: (cell, context) => {
    switch (cell.kind) {
      case "start":
        return runStart(cell, context);
      case "dense":
        return runDense(cell, context);
      case "ticket":
        return cell.pruning.method.id === DENSE_SMALL ? runDenseSmall(cell, context) : runTicket(cell, context);
    }
  },
};

export default program;
