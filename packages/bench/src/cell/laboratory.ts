import { randomStream, tf } from "@ticketbench/backend";
import { openEngine } from "@ticketbench/backend/node";
import {
  type Batch,
  BatchLoader,
  PRIOR_KEYS,
  priorPredictions,
  softScores,
  type VqaDataset,
} from "@ticketbench/data-vqa";
import {
  disposeInput,
  Lxmert,
  type LxmertConfig,
  parameterCount,
  parameterShapes,
  type Weights,
} from "@ticketbench/model";
import { type Calibration, calibrationOf } from "@ticketbench/prune";
import type { DoneResult, Phase } from "@ticketbench/results";
import type { Training, TrainingEntry } from "../plan/cell.ts";
import type { CellContext } from "../run/program.ts";
import { Bill } from "./bill.ts";
import { datasetCardOf } from "./dataset-card.ts";
import { leaksOf, openDataset, regionsRead, trainingSplits } from "./datasets.ts";
import { evaluate, inputOf } from "./evaluate.ts";
import { type FineTuned, type FineTuning, fineTune } from "./fine-tune.ts";
import { describeNetwork, type Network } from "./network.ts";

const EVALUATION_BATCH = 128;
const CALIBRATION_BATCHES = 16;

/** What may differ from the study's own training. */
type TrainOptions = Partial<Pick<FineTuning, "masks" | "schedule" | "recipe" | "from" | "until">> & {
  readonly splits?: readonly string[];
  /** Sizes of the network, where they are not the study's. */
  readonly config?: LxmertConfig;
};

/** Everything that is ready before a cell's own work begins: engine, data, network, and what it has cost so far. */
export class Laboratory {
  readonly settings: Training;
  readonly dataset: VqaDataset;
  readonly network: Network;
  readonly bill: Bill;
  readonly #context: CellContext;
  readonly #report: BatchLoader;
  readonly #selection: BatchLoader | null;

  private constructor(settings: Training, dataset: VqaDataset, network: Network, bill: Bill, context: CellContext) {
    this.settings = settings;
    this.dataset = dataset;
    this.network = network;
    this.bill = bill;
    this.#context = context;
    const { report, selection } = settings.dataset;
    this.#report = this.loader([report], EVALUATION_BATCH);
    this.#selection = selection === null ? null : this.loader([selection], EVALUATION_BATCH);
  }

  /** Opens the engine that the plan names, and no other, and reads the data. */
  static async open({ settings }: TrainingEntry, context: CellContext): Promise<Laboratory> {
    const bill = new Bill();
    return await bill.time("load", async () => {
      await openEngine(settings.engine.name);
      const dataset = await openDataset(settings.dataset);
      const card = datasetCardOf(dataset, settings.dataset.report);
      if (card !== null) await context.publishCard(card);
      return new Laboratory(settings, dataset, await describeNetwork(settings, dataset), bill, context);
    });
  }

  /** Batches of these splits, one after the other. */
  loader(splits: readonly string[], batchSize = this.settings.recipe.batchSize): BatchLoader {
    const options = {
      batchSize,
      regions: regionsRead(this.dataset, this.settings.dataset),
      encode: this.network.encode,
    };
    return new BatchLoader(
      this.dataset,
      splits.map((name) => this.dataset.split(name)),
      options,
    );
  }

  /** Accuracy of these weights on the reported split. */
  async evaluate(weights: Weights, phase: string, config = this.network.config): Promise<Phase> {
    return await this.bill.time(`evaluate ${phase}`, async () => {
      const model = new Lxmert(config, weights);
      try {
        return await evaluate(model, this.#report, phase, this.#context);
      } finally {
        model.dispose();
      }
    });
  }

  /** Fine-tunes these weights by the study's recipe; returns the new ones and the history. */
  async train(
    stage: string,
    weights: Weights,
    seed: number,
    options: TrainOptions = {},
  ): Promise<FineTuned & { weights: Weights }> {
    const { recipe = this.settings.recipe, splits = this.settings.dataset.train, ...others } = options;
    const { config = this.network.config, ...pruning } = others;
    return await this.bill.time(stage, async () => {
      const model = new Lxmert(config, weights);
      const training = this.loader(splits);
      const isWhole = splits === this.settings.dataset.train && pruning.until === undefined;
      const selection = isWhole ? this.#selection : null;
      const run = { stage, model, training, selection, recipe, seed, ...pruning };
      try {
        const tuned = await fineTune(run, this.#context);
        this.bill.trained(config, training, tuned);
        return { ...tuned, weights: await model.snapshot() };
      } finally {
        model.dispose();
      }
    });
  }

  /** Lends a method some batches of training questions, and nothing else. */
  async withCalibration<T>(weights: Weights, seed: number, work: (calibration: Calibration) => Promise<T>): Promise<T> {
    const training = this.loader(this.settings.dataset.train);
    const order = randomStream(seed, "calibration").permutation(training.questions.length);
    const model = new Lxmert(this.network.config, weights);
    const rows = order.subarray(0, CALIBRATION_BATCHES * training.options.batchSize);
    const batches = [...training.batches(rows)].map((batch) => ({
      ...inputOf(model, batch),
      targets: tf.tensor2d(batch.targets, [batch.size, this.network.config.answers]),
    }));
    try {
      return await work(calibrationOf(model, batches));
    } finally {
      for (const batch of batches) {
        disposeInput(batch);
        batch.targets.dispose();
      }
      model.dispose();
    }
  }

  /** One batch of the reported questions, as large as a training batch, to time networks on. */
  timingBatch(): Batch {
    const { report } = this.settings.dataset;
    const [batch] = this.loader([report]).batches();
    if (batch === undefined) throw new Error(`split ${report} has no questions`);
    return batch;
  }

  /** What a result says about the data: hash, splits and the floors that need no network. */
  describeDataset(hash: string): DoneResult["dataset"] {
    const { report, selection } = this.settings.dataset;
    const training = trainingSplits(this.dataset, this.settings.dataset).flatMap(({ questions }) => questions);
    const { questions } = this.#report;
    const floor = (key: (typeof PRIOR_KEYS)[keyof typeof PRIOR_KEYS]): number => {
      const scores = softScores(questions, priorPredictions(this.dataset, training, questions, key));
      return scores.reduce((sum, score) => sum + score, 0) / questions.length;
    };
    return {
      name: this.dataset.name,
      hash,
      split: report,
      selectionSplit: selection,
      questions: questions.length,
      leaks: leaksOf(this.dataset, this.settings.dataset, this.settings.start).map(({ images, ...leak }) => ({
        ...leak,
        images: images.length,
      })),
      floors: { constantAnswer: floor(PRIOR_KEYS.constant), questionPrior: floor(PRIOR_KEYS.question) },
    };
  }

  describeModel(startWeights: string): DoneResult["model"] {
    const { config } = this.network;
    return {
      config: JSON.parse(JSON.stringify(config)) as DoneResult["model"]["config"],
      startWeights,
      parameters: parameterCount(parameterShapes(config)),
    };
  }
}

/** The named random streams that a cell of this seed draws from. */
export function streamSeeds(seed: number): Record<string, number> {
  return { init: seed, order: seed, dropout: seed, mask: seed };
}
