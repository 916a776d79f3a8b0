import { readFile } from "node:fs/promises";
import type { VqaDataset } from "@ticketbench/data-vqa";
import {
  checkWeights,
  initialise,
  type LxmertConfig,
  parameterShapes,
  startFromLxmert,
  startFromLxmertQa,
  type Weights,
} from "@ticketbench/model";
import { readCheckpoint } from "@ticketbench/model/node";
import type { Cell } from "../plan/cell.ts";
import type { CellContext } from "../run/program.ts";
import { StudyError } from "../study/error.ts";
import { Laboratory } from "./laboratory.ts";
import { pretrainNetwork, type WordLosses } from "./pretraining.ts";
import { bundleOfWeights, weightsOfBundle } from "./weights-bundle.ts";

/** What a start cell keeps beside the weights: what a checkpoint file of them has to say. */
export interface StartFacts {
  readonly vocabulary: readonly string[];
  readonly answers: readonly string[];
  readonly words: WordLosses | null;
}

/** Makes the start weights that all seeds share, from scratch on the split set aside for it. */
export async function runStart(cell: Cell & { kind: "start" }, context: CellContext): Promise<null> {
  const lab = await Laboratory.open(cell.inputs, context);
  const { weights, words } = await makeStart(lab, context);
  const facts: StartFacts = { vocabulary: lab.network.vocabulary, answers: lab.dataset.answers, words };
  await context.keep("weights", bundleOfWeights([["model", weights]], { facts }));
  return null;
}

async function makeStart(
  lab: Laboratory,
  context: CellContext,
): Promise<{ weights: Weights; words: WordLosses | null }> {
  const { start } = lab.settings;
  if (start.kind === "pretrain")
    return { weights: await learnQuestions(lab, initialise(lab.network.config, start.seed), start), words: null };
  if (start.kind !== "lxmert") throw new Error(`start weights of kind ${start.kind} are not made by a cell`);
  const { weights, words } = await pretrainNetwork(lab, start, context);
  const questions = { ...start, epochs: start.questionEpochs, learningRate: lab.settings.recipe.learningRate };
  return { weights: start.questionEpochs === 0 ? weights : await learnQuestions(lab, weights, questions), words };
}

/** Trains on the questions of a split as fine-tuning does, but always to the last epoch. */
async function learnQuestions(
  lab: Laboratory,
  weights: Weights,
  { epochs, learningRate, split, seed }: { epochs: number; learningRate: number; split: string; seed: number },
): Promise<Weights> {
  const recipe = {
    ...lab.settings.recipe,
    ...{ epochs, learningRate, optimiser: "adamw" as const, epochChoice: "last" as const },
  };
  return (await lab.train("pretrain", weights, seed, { recipe, splits: [split] })).weights;
}

/** The weights that a dense cell begins from and every ticket rewinds to. */
export async function startWeights(
  cell: Cell & { kind: "dense" },
  lab: Laboratory,
  context: CellContext,
): Promise<Weights> {
  const { start } = lab.settings;
  if (start.kind === "random") return initialise(lab.network.config, cell.seed);
  if (start.kind === "checkpoint") return await checkpointWeights(start, lab.network.config, lab.dataset, cell.seed);
  return weightsOfBundle(await context.artifact(cell.needs[0] as string, "weights"), "model");
}

/**
 * A checkpoint of the network itself as it is; a pretrained LXMERT's encoders (the original's `--loadLXMERT`), and with
 * a list of its answers also its answer head (`--loadLXMERTQA`). What it lacks is drawn at random.
 * Throws ModelError naming the tensor that the network has no place for, lacks, or has in another shape.
 */
export async function checkpointWeights(
  { file, answers }: { file: string; answers?: string | undefined },
  config: LxmertConfig,
  dataset: VqaDataset,
  seed: number,
): Promise<Weights> {
  const checkpoint = await readCheckpoint(file);
  const isPretrained = [...checkpoint.keys()].some((name) => name.startsWith("bert."));
  if (!isPretrained) {
    checkWeights(checkpoint, parameterShapes(config));
    return checkpoint;
  }
  if (answers === undefined) return startFromLxmert(config, checkpoint, seed).weights;
  return startFromLxmertQa(config, checkpoint, seed, dataset.answers, await answerList(answers)).weights;
}

async function answerList(file: string): Promise<string[]> {
  const list: unknown = await readFile(file, "utf8").then(JSON.parse, () => null);
  const texts = Array.isArray(list) ? list.map((entry: unknown) => (isNamed(entry) ? entry.ans : entry)) : [];
  if (texts.length === 0 || !texts.every((text) => typeof text === "string"))
    throw new StudyError(`start.answers: ${file} is not a JSON list of answers`);
  return texts;
}

/** LXMERT's own list (`all_ans.json`) holds `{ans, dsets}`. */
function isNamed(entry: unknown): entry is { ans: unknown } {
  return typeof entry === "object" && entry !== null && "ans" in entry;
}
