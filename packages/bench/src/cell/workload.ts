import { Dropout, tf } from "@ticketbench/backend";
import { openEngine } from "@ticketbench/backend/node";
import { BatchLoader, type VqaDataset } from "@ticketbench/data-vqa";
import { adamW, disposeInput, forwardFlops, initialise, Lxmert, Optimiser, trainStep } from "@ticketbench/model";
import type { Cell, Training } from "../plan/cell.ts";
import type { Workload } from "../plan/estimate.ts";
import { FORWARD_AND_BACKWARD } from "./bill.ts";
import { openDataset, regionsRead } from "./datasets.ts";
import { inputOf } from "./evaluate.ts";
import { describeNetwork, type Network } from "./network.ts";

const CALIBRATION_SECONDS = 2;

/** The arithmetic of cells, counted; and the rate of this machine's training steps, measured on the study's network. */
export const workload: Workload = {
  async flops(cell) {
    const { settings } = cell.inputs;
    const dataset = await openDataset(settings.dataset);
    const { config } = await describeNetwork(settings, dataset);
    const forward = forwardFlops(config, { tokens: config.positions, regions: regionsRead(dataset, settings.dataset) });
    const { trained, evaluated } = questionsOf(cell, dataset);
    return forward.total * (FORWARD_AND_BACKWARD * trained + evaluated);
  },

  async flopsPerSecond({ inputs: { settings } }) {
    await openEngine(settings.engine.name);
    const dataset = await openDataset(settings.dataset);
    return await stepRate(settings, dataset, await describeNetwork(settings, dataset));
  },
};

/** How many questions a cell goes through forwards and backwards, and how many forwards only. */
function questionsOf({ inputs, ...cell }: Cell, dataset: VqaDataset): { trained: number; evaluated: number } {
  const { start, recipe, dataset: settings } = inputs.settings;
  const count = (...splits: string[]): number =>
    splits.reduce((sum, name) => sum + dataset.split(name).questions.length, 0);
  if (cell.kind === "start") {
    return { trained: "epochs" in start ? pretrainingSentences(dataset, start) : 0, evaluated: 0 };
  }
  const selection = settings.selection === null ? 0 : recipe.epochs * count(settings.selection);
  const training = { trained: recipe.epochs * count(...settings.train), selection };
  if (cell.kind === "dense") return { trained: training.trained, evaluated: count(settings.report) + selection };
  const { phases } = cell.pruning;
  const measured = phases.filter((phase) => phase !== "dense").length * count(settings.report);
  const isTrained = phases.includes("retrained");
  return { trained: isTrained ? training.trained : 0, evaluated: measured + (isTrained ? selection : 0) };
}

/** Sentences that pretraining goes through: questions, and for LXMERT's tasks the captions of their images. */
function pretrainingSentences(dataset: VqaDataset, start: Extract<Training["start"], { epochs: number }>): number {
  const { questions } = dataset.split(start.split);
  if (start.kind === "pretrain") return start.epochs * questions.length;
  const images = new Set(questions.map(({ imageId }) => imageId));
  const captions = [...images].reduce((sum, image) => sum + dataset.captions(image).length, 0);
  return start.epochs * (questions.length + captions) + start.questionEpochs * questions.length;
}

/** Floating-point operations a second of training steps, over about two seconds after a first step. */
async function stepRate(settings: Training, dataset: VqaDataset, { config, encode }: Network): Promise<number> {
  const { batchSize, learningRate, warmup, weightDecay } = settings.recipe;
  const regions = regionsRead(dataset, settings.dataset);
  const splits = settings.dataset.train.map((name) => dataset.split(name));
  const loader = new BatchLoader(dataset, splits, { batchSize, regions, encode });
  const model = new Lxmert(config, initialise(config, 0));
  const schedule = { learningRate, totalSteps: 1e6, warmup, weightDecay, clipNorm: Number.POSITIVE_INFINITY };
  const optimiser = new Optimiser(model.parameters, adamW(schedule));
  const dropout = new Dropout(config.dropout, 0);
  let steps = -1;
  let started = 0;
  for (const batch of loader.batches()) {
    const input = inputOf(model, batch);
    const targets = tf.tensor2d(batch.targets, [batch.size, config.answers]);
    await trainStep(model, optimiser, { ...input, targets }, dropout);
    disposeInput(input);
    targets.dispose();
    if (++steps === 0) started = performance.now();
    if (performance.now() - started > CALIBRATION_SECONDS * 1000) break;
  }
  const seconds = (performance.now() - started) / 1000;
  optimiser.dispose();
  model.dispose();
  const { total } = forwardFlops(config, { tokens: config.positions, regions });
  return (FORWARD_AND_BACKWARD * total * batchSize * Math.max(1, steps)) / seconds;
}
