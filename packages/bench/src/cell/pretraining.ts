import { Dropout } from "@ticketbench/backend";
import type { Question, VqaDataset } from "@ticketbench/data-vqa";
import {
  adamW,
  DivergedError,
  evaluatePretraining,
  initialisePretraining,
  LxmertPretraining,
  networkOfPretraining,
  Optimiser,
  pretrain,
  pretrainingBatch,
  type PretrainingConfig,
  type PretrainingExample,
  type PretrainingRun,
  pretrainingStream,
  type PretrainingStep,
  type RegionSource,
  stepsPerEpoch,
  TASKS,
  type Task,
  type Weights,
  withoutImage,
} from "@ticketbench/model";
import type { Training } from "../plan/cell.ts";
import { type CellContext, CellFailure, Interrupted } from "../run/program.ts";
import { StudyError } from "../study/error.ts";
import { regionsRead } from "./datasets.ts";
import type { Laboratory } from "./laboratory.ts";
import { bundleOfWeights, weightsOfBundle } from "./weights-bundle.ts";

type Settings = Extract<Training["start"], { kind: "lxmert" }>;

/** What pretraining has learned about words, on sentences it was not trained on. */
export interface WordLosses {
  /** Mean cross-entropy of a masked word, in nats. */
  readonly withImage: number;
  /** The same with every feature and box blanked: the difference is what the image is worth. */
  readonly withoutImage: number;
  readonly sentences: number;
}

/** Start weights in the network's own names, and what they know. */
export interface Pretrained {
  readonly weights: Weights;
  /** null where words were not a task, or no split is set aside for selection. */
  readonly words: WordLosses | null;
}

const CHECKPOINT_SECONDS = 20;

/**
 * Pretrains a network with LXMERT's own tasks on the captions and questions of the split set aside for it. Saves a
 * checkpoint every 20 seconds and when asked to stop; started again, it goes on bit for bit.
 * Throws StudyError where the dataset lacks what a task asks for, CellFailure when the training diverges.
 */
export async function pretrainNetwork(lab: Laboratory, start: Settings, context: CellContext): Promise<Pretrained> {
  const tasks = new Set<Task>(start.tasks);
  requireLabels(lab.dataset, tasks);
  const source = regionSource(lab.dataset, regionsRead(lab.dataset, lab.settings.dataset));
  const run: PretrainingRun = {
    examples: sentencesOf(lab, start.split),
    source,
    vocabulary: lab.network.masking,
    tasks,
    batchSize: lab.settings.recipe.batchSize,
    epochs: start.epochs,
    seed: start.seed,
  };
  const model = await trained(configOf(lab), run, { lab, start, context });
  try {
    const words = tasks.has("words") ? await wordLosses(lab, model, run) : null;
    return { weights: networkOfPretraining(await model.snapshot()), words };
  } finally {
    model.dispose();
  }
}

function requireLabels(dataset: VqaDataset, tasks: ReadonlySet<Task>): void {
  const wanting = (["objects", "attributes"] as const).filter((task) => tasks.has(task));
  if (dataset.regionLabels === null && wanting.length > 0)
    throw new StudyError(
      `start.tasks: ${dataset.name} has no detected objects, which ${wanting.join(" and ")} are learned from; leave them out`,
    );
}

function configOf(lab: Laboratory): PretrainingConfig {
  const { objectNames = [""], attributeNames = [""] } = lab.dataset.regionLabels ?? {};
  return { network: lab.network.config, objects: objectNames.length, attributes: attributeNames.length };
}

/** Questions with their best answer, then captions of the same images. */
function sentencesOf({ dataset, network }: Laboratory, split: string): PretrainingExample[] {
  const { questions } = dataset.split(split);
  const images = [...new Set(questions.map(({ imageId }) => imageId))];
  const asked = questions.map((question) => ({
    tokens: network.encode(question.text),
    image: question.imageId,
    answer: bestAnswer(question),
  }));
  const told = images.flatMap((image) =>
    dataset.captions(image).map((text) => ({ tokens: network.encode(text), image, answer: -1 })),
  );
  return [...asked, ...told];
}

/** The answer with most credit, the first of equals; -1 where none has any. */
function bestAnswer({ label }: Question): number {
  return label.reduce((best, entry) => (entry[1] > best[1] ? entry : best), [-1, 0] as const)[0];
}

function regionSource(dataset: VqaDataset, regions: number): RegionSource {
  const { featureWidth, regionLabels } = dataset;
  return {
    regions,
    featureWidth,
    fill(image, into, row) {
      dataset.fillRegions(image, regions, into.features, into.boxes, row);
      if (regionLabels === null) return;
      const { objects, attributes, objectConfidences, attributeConfidences } = into;
      const labels = { objectIds: objects, attributeIds: attributes, confidences: objectConfidences };
      regionLabels.fill(image, regions, labels, row);
      // The detector gives one confidence for both.
      attributeConfidences.set(objectConfidences.subarray(row, row + regions), row);
    },
  };
}

interface Work {
  readonly lab: Laboratory;
  readonly start: Settings;
  readonly context: CellContext;
}

async function trained(
  config: PretrainingConfig,
  run: PretrainingRun,
  { lab, start, context }: Work,
): Promise<LxmertPretraining> {
  const { warmup, clip, weightDecay } = lab.settings.recipe;
  const saved = await context.checkpoints.load("tasks");
  const weights = saved === null ? initialisePretraining(config, start.seed) : weightsOfBundle(saved, "model");
  const model = new LxmertPretraining(config, weights);
  const steps = stepsPerEpoch(run) * run.epochs;
  const clipNorm = clip ?? Number.POSITIVE_INFINITY;
  const schedule = { learningRate: start.learningRate, totalSteps: steps, warmup, weightDecay, clipNorm };
  const optimiser = new Optimiser(model.parameters, adamW(schedule));
  if (saved !== null) optimiser.load(weightsOfBundle(saved, "optimiser"));
  const dropout = config.network.dropout === 0 ? null : new Dropout(config.network.dropout, start.seed);
  const save = async (): Promise<void> => {
    const parts = [["model", await model.snapshot()] as const, ["optimiser", await optimiser.snapshot()] as const];
    await context.checkpoints.save("tasks", bundleOfWeights(parts));
  };
  const watch = new Watch(run, steps, optimiser.steps, context);
  try {
    for await (const step of pretrain(model, optimiser, run, dropout)) {
      watch.see(step);
      if (watch.wantsCheckpoint()) await save();
      await context.breathe();
    }
  } catch (error) {
    if (error instanceof Interrupted) await save();
    model.dispose();
    if (error instanceof DivergedError) throw new CellFailure("diverged", error.message);
    throw error;
  } finally {
    optimiser.dispose();
  }
  return model;
}

/** Tells how pretraining goes: progress with every step, each epoch's mean losses in the log. */
class Watch {
  readonly #run: PretrainingRun;
  readonly #steps: number;
  readonly #context: CellContext;
  readonly #startedAt = performance.now();
  readonly #first: number;
  #step: number;
  #savedAt = performance.now();
  #sums = new Map<Task, { loss: number; batches: number }>();

  constructor(run: PretrainingRun, steps: number, first: number, context: CellContext) {
    this.#run = run;
    this.#steps = steps;
    this.#first = first;
    this.#step = first;
    this.#context = context;
  }

  see({ loss, losses }: PretrainingStep): void {
    if (!Number.isFinite(loss)) throw new CellFailure("diverged", `the loss is ${loss}`);
    this.#step++;
    for (const task of TASKS) {
      const value = losses[task];
      const sum = this.#sums.get(task) ?? { loss: 0, batches: 0 };
      if (value !== null) this.#sums.set(task, { loss: sum.loss + value, batches: sum.batches + 1 });
    }
    const seconds = (performance.now() - this.#startedAt) / 1000;
    const samplesPerSecond = ((this.#step - this.#first) * this.#run.batchSize) / seconds;
    this.#context.report({ phase: "tasks", step: this.#step, steps: this.#steps, samplesPerSecond });
    if (this.#step % stepsPerEpoch(this.#run) === 0) this.#endEpoch();
  }

  #endEpoch(): void {
    const epoch = this.#step / stepsPerEpoch(this.#run);
    const losses = Object.fromEntries([...this.#sums].map(([task, { loss, batches }]) => [task, loss / batches]));
    this.#context.log.info({ epoch, losses }, "epoch of pretraining");
    this.#sums = new Map();
  }

  wantsCheckpoint(): boolean {
    if (performance.now() - this.#savedAt < CHECKPOINT_SECONDS * 1000) return false;
    this.#savedAt = performance.now();
    return true;
  }
}

/** Loss of masked words on the selection split, each batch once with its images and once without. */
async function wordLosses(lab: Laboratory, model: LxmertPretraining, run: PretrainingRun): Promise<WordLosses | null> {
  const { selection } = lab.settings.dataset;
  if (selection === null) return null;
  const examples = sentencesOf(lab, selection);
  const tasks = new Set<Task>(["words"]);
  const batches = Math.floor(examples.length / run.batchSize);
  const sums = { withImage: 0, withoutImage: 0 };
  for (let i = 0; i < batches; i++) {
    const rows = Uint32Array.from({ length: run.batchSize }, (_, row) => i * run.batchSize + row);
    const batch = pretrainingBatch(examples, rows, run.source, run.vocabulary, tasks, pretrainingStream(run.seed, i));
    const seeing = await evaluatePretraining(model, batch, tasks);
    const blind = await evaluatePretraining(model, withoutImage(batch), tasks);
    sums.withImage += seeing.words ?? 0;
    sums.withoutImage += blind.words ?? 0;
  }
  if (batches === 0) return null;
  return {
    withImage: sums.withImage / batches,
    withoutImage: sums.withoutImage / batches,
    sentences: batches * run.batchSize,
  };
}
