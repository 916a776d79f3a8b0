import { initialise } from "@ticketbench/model";
import { readCheckpoint } from "@ticketbench/model/node";
import type { Weights } from "@ticketbench/model";
import type { Cell } from "../plan/cell.ts";
import type { CellContext } from "../run/program.ts";
import { Laboratory } from "./laboratory.ts";
import { bundleOfWeights, weightsOfBundle } from "./weights-bundle.ts";

/** Makes the start weights that all seeds share, from scratch on the split set aside for it. */
export async function runStart(cell: Cell & { kind: "start" }, context: CellContext): Promise<null> {
  const lab = await Laboratory.open(cell.inputs, context);
  const { start, recipe } = lab.settings;
  if (start.kind !== "pretrain") throw new Error(`start weights of kind ${start.kind} are not made by a cell`);
  const { epochs, learningRate, seed, split } = start;
  const scratch = initialise(lab.network.config, seed);
  const pretraining = { ...recipe, epochs, learningRate, optimiser: "adamw" as const, epochChoice: "last" as const };
  const { weights } = await lab.train("pretrain", scratch, seed, { recipe: pretraining, splits: [split] });
  await context.keep("weights", bundleOfWeights([["model", weights]]));
  return null;
}

/** The weights that a dense cell begins from and every ticket rewinds to. */
export async function startWeights(
  cell: Cell & { kind: "dense" },
  lab: Laboratory,
  context: CellContext,
): Promise<Weights> {
  const { start } = lab.settings;
  if (start.kind === "random") return initialise(lab.network.config, cell.seed);
  if (start.kind === "checkpoint") return await readCheckpoint(start.file);
  return weightsOfBundle(await context.artifact(cell.needs[0] as string, "weights"), "model");
}
