import { Dropout, randomStream, tf } from "@ticketbench/backend";
import { accuracy, type BatchLoader, softScores } from "@ticketbench/data-vqa";
import {
  adamW,
  bertAdam,
  DivergedError,
  disposeInput,
  type Lxmert,
  Optimiser,
  type OptimiserMasks,
  trainStep,
  type TrainingStep,
  type VqaBatch,
  type Weights,
} from "@ticketbench/model";
import { changeMask, type Mask, type Schedule, trainingState } from "@ticketbench/prune";
import type { TrainingStage } from "@ticketbench/results";
import type { Training } from "../plan/cell.ts";
import { type CellContext, CellFailure, Interrupted } from "../run/program.ts";
import { inputOf, predict } from "./evaluate.ts";
import { bundleOfWeights, weightsOfBundle } from "./weights-bundle.ts";

/** One training run: what is trained, on what, and under which rules. */
export interface FineTuning {
  /** Names the run's checkpoint and its history ("pretrain", "dense", "retrained"). */
  readonly stage: string;
  readonly model: Lxmert;
  readonly training: BatchLoader;
  /** Questions that follow the training epoch by epoch; null where none may. */
  readonly selection: BatchLoader | null;
  readonly recipe: Training["recipe"];
  /** Decides the order of the questions and the dropout. */
  readonly seed: number;
  /** Pruned weights stay exactly 0; none: everything trains. */
  readonly masks?: OptimiserMasks;
  /** Changes the mask while the network trains, given how many steps there are. It starts over after a stop. */
  readonly schedule?: (totalSteps: number) => Schedule;
  /** Go on from here in place of the start, with the questions and rates that come next; the weights are the model's. */
  readonly from?: TrainingPoint | undefined;
  /** Take this many steps of the run and no more. */
  readonly until?: number | undefined;
}

/** Where a training stood after some steps. */
export interface TrainingPoint {
  readonly step: number;
  readonly optimiser: Weights;
}

/** What training left behind. */
export interface FineTuned {
  readonly history: TrainingStage;
  /** How many steps were taken. */
  readonly steps: number;
  /** Where a run with `until` stopped; null for one that went to the end. */
  readonly point: TrainingPoint | null;
  /** The last mask of a schedule; null where there is none. */
  readonly mask: Mask | null;
}

type Epoch = TrainingStage["epochs"][number];

/** Where a run stands: all that it needs to go on bit for bit. */
interface Progress {
  readonly epoch: number;
  /** Batches of this epoch that are done. */
  readonly batch: number;
  readonly sums: EpochSums;
  readonly epochs: readonly Epoch[];
}

/** Running sums over the batches of an epoch, and the seconds they took. */
interface EpochSums {
  readonly loss: number;
  readonly correct: number;
  readonly questions: number;
  readonly seconds: number;
  /** Of the last step. */
  readonly learningRate: number;
}

const NOTHING: EpochSums = { loss: 0, correct: 0, questions: 0, seconds: 0, learningRate: 0 };
const CHECKPOINT_SECONDS = 20;

/**
 * Fine-tunes a network in place and returns its history. Saves a checkpoint every 20 seconds and when asked to stop;
 * started again, it goes on from there and gives the same bytes as a run that was never stopped.
 * Throws CellFailure when the training diverges.
 */
export async function fineTune(run: FineTuning, context: CellContext): Promise<FineTuned> {
  return await new FineTuner(run, context).run();
}

class FineTuner {
  readonly #run: FineTuning;
  readonly #context: CellContext;
  readonly #schedule: Schedule | null;
  #optimiser: Optimiser;
  #mask: Mask | null = null;
  readonly #dropout: Dropout;
  readonly #stepsPerEpoch: number;
  #progress: Progress = { epoch: 0, batch: 0, sums: NOTHING, epochs: [] };
  /** `epoch` counts the epochs of this run. */
  #best: { accuracy: number; epoch: number; weights: Weights } | null = null;
  #savedAt = performance.now();

  constructor(run: FineTuning, context: CellContext) {
    const { model, recipe, training, masks } = run;
    this.#run = run;
    this.#context = context;
    this.#stepsPerEpoch = training.batchCount(training.questions.length, true);
    const settings = {
      learningRate: recipe.learningRate,
      totalSteps: this.#stepsPerEpoch * recipe.epochs,
      warmup: recipe.warmup,
      weightDecay: recipe.weightDecay,
      clipNorm: recipe.clip ?? Number.POSITIVE_INFINITY,
    };
    const kind = recipe.optimiser === "adamw" ? adamW : bertAdam;
    this.#optimiser = new Optimiser(model.parameters, kind(settings), masks);
    this.#schedule = run.schedule?.(settings.totalSteps) ?? null;
    this.#dropout = new Dropout(model.config.dropout, run.seed);
  }

  async run(): Promise<FineTuned> {
    const { recipe, stage, model, from, until } = this.#run;
    const total = recipe.epochs * this.#stepsPerEpoch;
    if (total === 0) throw new CellFailure("error", "fewer training questions than one batch");
    if (until !== undefined && until >= total)
      throw new CellFailure("error", `rewindStep ${until}: the fine-tune has ${total} steps; give a smaller one`);
    if (from !== undefined) this.#begin(from);
    await this.#resume();
    while (this.#progress.epoch < recipe.epochs && !this.#isOver()) await this.#epoch();
    if (this.#progress.batch > 0) await this.#finishEpoch();
    await this.#save();
    const { steps } = this.#optimiser;
    const point = until === undefined ? null : { step: steps, optimiser: await this.#optimiser.snapshot() };
    this.#optimiser.dispose();
    const epochs = [...this.#progress.epochs];
    let selectedEpoch = epochs.length - 1;
    if (recipe.epochChoice === "best" && this.#best !== null) {
      model.load(this.#best.weights);
      selectedEpoch = this.#best.epoch;
    }
    return { history: { stage, epochs, selectedEpoch }, steps: steps - (from?.step ?? 0), point, mask: this.#mask };
  }

  #begin({ step, optimiser }: TrainingPoint): void {
    const [epoch, batch] = [Math.floor(step / this.#stepsPerEpoch), step % this.#stepsPerEpoch];
    this.#optimiser.load(optimiser);
    this.#progress = { ...this.#progress, epoch, batch };
  }

  #isOver(): boolean {
    return this.#optimiser.steps === this.#run.until;
  }

  async #epoch(): Promise<void> {
    const { training, seed } = this.#run;
    const { epoch } = this.#progress;
    const order = randomStream(seed, `order of epoch ${epoch}`).permutation(training.questions.length);
    const done = this.#progress.batch * training.options.batchSize;
    // A step begins with its questions being read.
    let started = performance.now();
    for await (const batch of training.prefetched(order.subarray(done), { dropLast: true })) {
      if (this.#isOver()) return;
      const step = await this.#step(batch);
      this.#advance(step, batch.size, (performance.now() - started) / 1000);
      await this.#breathe();
      started = performance.now();
    }
    await this.#finishEpoch();
  }

  async #step(batch: Parameters<typeof inputOf>[1]): Promise<TrainingStep> {
    const { model } = this.#run;
    const input = inputOf(model, batch);
    const targets = tf.tensor2d(batch.targets, [batch.size, model.config.answers]);
    try {
      if (this.#schedule !== null) await this.#followSchedule(this.#schedule, { ...input, targets });
      const step = await trainStep(model, this.#optimiser, { ...input, targets }, this.#dropout);
      if (!Number.isFinite(step.loss)) throw new CellFailure("diverged", `the loss is ${step.loss}`);
      return step;
    } catch (error) {
      if (error instanceof DivergedError) throw new CellFailure("diverged", error.message);
      throw error;
    } finally {
      disposeInput(input);
      targets.dispose();
    }
  }

  async #followSchedule(schedule: Schedule, batch: VqaBatch): Promise<void> {
    const { model } = this.#run;
    const mask = await schedule.maskAt(this.#optimiser.steps, trainingState(model, batch));
    if (mask === null) return;
    this.#optimiser = await changeMask(model, this.#optimiser, mask);
    this.#mask = mask;
  }

  #advance({ loss, correct, learningRate }: TrainingStep, questions: number, seconds: number): void {
    const { sums } = this.#progress;
    this.#progress = {
      ...this.#progress,
      batch: this.#progress.batch + 1,
      sums: {
        loss: sums.loss + loss * questions,
        correct: sums.correct + correct,
        questions: sums.questions + questions,
        seconds: sums.seconds + seconds,
        learningRate,
      },
    };
    const { stage, recipe } = this.#run;
    this.#context.report({
      phase: stage,
      step: this.#progress.epoch * this.#stepsPerEpoch + this.#progress.batch,
      steps: recipe.epochs * this.#stepsPerEpoch,
      samplesPerSecond: this.#progress.sums.questions / this.#progress.sums.seconds,
    });
  }

  async #finishEpoch(): Promise<void> {
    const { selection, model, stage, recipe } = this.#run;
    const { sums, epoch, epochs } = this.#progress;
    let selectionAccuracy: number | null = null;
    if (selection !== null) {
      const predictions = await predict(model, selection, `${stage}, selection`, this.#context);
      selectionAccuracy = accuracy(selection.questions, softScores(selection.questions, predictions)).overall;
      if (recipe.epochChoice === "best" && selectionAccuracy > (this.#best?.accuracy ?? -1)) {
        this.#best = { accuracy: selectionAccuracy, epoch: epochs.length, weights: await model.snapshot() };
      }
    }
    const finished: Epoch = {
      loss: sums.loss / sums.questions,
      trainAccuracy: sums.correct / sums.questions,
      selectionAccuracy,
      learningRate: sums.learningRate,
      seconds: sums.seconds,
    };
    this.#progress = { epoch: epoch + 1, batch: 0, sums: NOTHING, epochs: [...epochs, finished] };
  }

  async #breathe(): Promise<void> {
    if (performance.now() - this.#savedAt > CHECKPOINT_SECONDS * 1000) await this.#save();
    try {
      await this.#context.breathe();
    } catch (error) {
      if (error instanceof Interrupted) await this.#save();
      throw error;
    }
  }

  async #save(): Promise<void> {
    // What a schedule has learned so far is its own: it starts over instead.
    if (this.#schedule !== null) return;
    const { model, stage } = this.#run;
    const parts = [
      ["model", await model.snapshot()],
      ["optimiser", await this.#optimiser.snapshot()],
      ...(this.#best === null ? [] : [["best", this.#best.weights] as const]),
    ] as const;
    const best = this.#best === null ? null : { accuracy: this.#best.accuracy, epoch: this.#best.epoch };
    await this.#context.checkpoints.save(stage, bundleOfWeights(parts, { progress: this.#progress, best }));
    this.#savedAt = performance.now();
  }

  async #resume(): Promise<void> {
    if (this.#schedule !== null) return;
    const { model, stage } = this.#run;
    const bundle = await this.#context.checkpoints.load(stage);
    if (bundle === null) return;
    const { progress, best } = bundle.meta as { progress: Progress; best: { accuracy: number; epoch: number } | null };
    model.load(weightsOfBundle(bundle, "model"));
    this.#optimiser.load(weightsOfBundle(bundle, "optimiser"));
    this.#best = best === null ? null : { ...best, weights: weightsOfBundle(bundle, "best") };
    this.#progress = progress;
    this.#context.log.info({ stage, epoch: progress.epoch, batch: progress.batch }, "goes on from its checkpoint");
  }
}
