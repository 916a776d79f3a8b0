import { type Dropout, type RandomStream, randomStream, tf } from "@ticketbench/backend";
import { BOX_WIDTH } from "./config.ts";
import { ModelError } from "./error.ts";
import { initialiseShapes } from "./initialise.ts";
import { disposeInput, type LxmertArrays, lxmertInput } from "./input.ts";
import {
  type LxmertPretraining,
  type PretrainingConfig,
  type PretrainingLosses,
  pretrainingShapes,
  totalLoss,
} from "./lxmert-pretraining.ts";
import type { Optimiser, OptimiserStep } from "./optimiser.ts";
import {
  type MaskingVocabulary,
  maskRegions,
  maskWords,
  type PretrainingLabels,
  TASKS,
  type Task,
} from "./pretraining-labels.ts";
import { gradientsOf } from "./training.ts";
import type { Weights } from "./weights.ts";

/** A sentence about an image: a caption, or a question with its answer. */
export interface PretrainingExample {
  /** Ids with [CLS] and [SEP], not padded. */
  readonly tokens: ArrayLike<number>;
  readonly image: string;
  /** Label of the answer; -1 for a caption. */
  readonly answer: number;
}

/** Regions of images, and what a detector said about them. */
export interface RegionSource {
  readonly regions: number;
  readonly featureWidth: number;
  /** Writes an image's regions as rows `row`, `row + 1`, ... */
  fill(image: string, into: RegionArrays, row: number): void;
}

export interface RegionArrays {
  /** [rows, featureWidth] */
  readonly features: Float32Array;
  /** [rows, 4] */
  readonly boxes: Float32Array;
  /** [rows], -1 where nothing was detected. */
  readonly objects: Int32Array;
  readonly attributes: Int32Array;
  /** [rows], 0 to 1 */
  readonly objectConfidences: Float32Array;
  readonly attributeConfidences: Float32Array;
}

export interface PretrainingArrays {
  readonly input: LxmertArrays;
  readonly labels: PretrainingLabels;
}

/** Start weights of the network and its heads. */
export function initialisePretraining(config: PretrainingConfig, seed: number): Weights {
  return initialiseShapes(pretrainingShapes(config), config.network.initialDeviation, seed);
}

/** The random numbers of one batch: a function of seed and step, so that a resumed run draws them again. */
export function pretrainingStream(seed: number, step: number): RandomStream {
  return randomStream(seed, `pretraining batch ${step}`);
}

/**
 * Makes a batch: half of the sentences give way to one about another image (and then ask for no answer), words and
 * regions are masked.
 * @param examples all of them, from which mismatched sentences are drawn
 * @param rows which examples the batch holds
 * @param tasks without matching no sentence is exchanged; without words or features nothing of theirs is masked
 */
export function pretrainingBatch(
  examples: readonly PretrainingExample[],
  rows: Uint32Array,
  source: RegionSource,
  vocabulary: MaskingVocabulary,
  tasks: ReadonlySet<Task>,
  stream: RandomStream,
): PretrainingArrays {
  const chosen = Array.from(rows, (row) => examples[row] as PretrainingExample);
  const sentences = chosen.map((example) =>
    tasks.has("matching") && stream.uniform() < 0.5 ? aboutAnotherImage(examples, example, stream) : example,
  );
  const matching = Int32Array.from(sentences, (sentence, i) => (sentence.image === chosen[i]?.image ? 1 : 0));
  const text = padded(sentences.map(({ tokens }) => tokens));
  const words = tasks.has("words")
    ? maskWords(text.tokens, vocabulary, stream)
    : { tokens: text.tokens, labels: new Int32Array(text.tokens.length).fill(-1) };
  const arrays = regionsOf(chosen, source);
  const wantsRegions = tasks.has("objects") || tasks.has("attributes") || tasks.has("features");
  const regions = wantsRegions
    ? maskRegions(arrays.features, source.featureWidth, stream)
    : { features: arrays.features, masked: new Float32Array(arrays.objects.length) };
  return {
    input: {
      ...text,
      tokens: words.tokens,
      regions: source.regions,
      features: regions.features,
      boxes: arrays.boxes,
    },
    labels: {
      words: words.labels,
      matching,
      objects: arrays.objects,
      attributes: arrays.attributes,
      confidences: { objects: arrays.objectConfidences, attributes: arrays.attributeConfidences },
      features: arrays.features,
      maskedRegions: regions.masked,
      answers: Int32Array.from(sentences, ({ answer }, i) => (matching[i] === 1 ? answer : -1)),
    },
  };
}

function aboutAnotherImage(
  examples: readonly PretrainingExample[],
  example: PretrainingExample,
  stream: RandomStream,
): PretrainingExample {
  for (let tries = 0; tries < 1000; tries++) {
    const other = examples[stream.integer(examples.length)] as PretrainingExample;
    if (other.image !== example.image) return other;
  }
  throw new ModelError("pretraining: all sentences are about one image, so none can be mismatched");
}

function padded(texts: readonly ArrayLike<number>[]): {
  batch: number;
  tokenLength: number;
  tokens: Int32Array;
  textMask: Float32Array;
} {
  const tokenLength = Math.max(...texts.map(({ length }) => length));
  const tokens = new Int32Array(texts.length * tokenLength);
  const textMask = new Float32Array(tokens.length);
  for (const [i, text] of texts.entries()) {
    tokens.set(text, i * tokenLength);
    textMask.fill(1, i * tokenLength, i * tokenLength + text.length);
  }
  return { batch: texts.length, tokenLength, tokens, textMask };
}

function regionsOf(examples: readonly PretrainingExample[], source: RegionSource): RegionArrays {
  const rows = examples.length * source.regions;
  const arrays: RegionArrays = {
    features: new Float32Array(rows * source.featureWidth),
    boxes: new Float32Array(rows * BOX_WIDTH),
    objects: new Int32Array(rows).fill(-1),
    attributes: new Int32Array(rows).fill(-1),
    objectConfidences: new Float32Array(rows),
    attributeConfidences: new Float32Array(rows),
  };
  for (const [i, { image }] of examples.entries()) source.fill(image, arrays, i * source.regions);
  return arrays;
}

/** One number a task; null where there was nothing to predict. */
export type TaskLosses = Readonly<Record<Task, number | null>>;

const NO_LOSSES: PretrainingLosses = {
  words: null,
  matching: null,
  objects: null,
  attributes: null,
  features: null,
  answers: null,
};

export interface PretrainingStep extends OptimiserStep {
  /** Sum over the tasks, before the step. */
  readonly loss: number;
  readonly losses: TaskLosses;
}

/** One training step of pretraining. @param dropout null trains without */
export async function pretrainStep(
  model: LxmertPretraining,
  optimiser: Optimiser,
  { input, labels }: PretrainingArrays,
  tasks: ReadonlySet<Task>,
  dropout: Dropout | null,
): Promise<PretrainingStep> {
  const tensors = lxmertInput(model.config.network, input);
  const kept: tf.Tensor[] = [];
  try {
    let parts = NO_LOSSES;
    dropout?.startStep(optimiser.steps);
    const { loss, gradients } = gradientsOf(model.parameters, () => {
      parts = model.losses(tensors, labels, tasks, dropout);
      kept.push(...keep(parts));
      const total = totalLoss(parts);
      if (total === null) throw new ModelError("pretraining: a batch in which no task has anything to predict");
      return total;
    });
    kept.push(loss);
    const step = await optimiser.step(gradients);
    return { ...step, loss: (await loss.data())[0] as number, losses: await numbers(parts) };
  } finally {
    tf.dispose(kept);
    disposeInput(tensors);
  }
}

/** Losses without dropout and without a step. */
export async function evaluatePretraining(
  model: LxmertPretraining,
  { input, labels }: PretrainingArrays,
  tasks: ReadonlySet<Task>,
): Promise<TaskLosses> {
  const tensors = lxmertInput(model.config.network, input);
  const kept: tf.Tensor[] = [];
  try {
    let losses = NO_LOSSES;
    tf.tidy(() => {
      losses = model.losses(tensors, labels, tasks, null);
      kept.push(...keep(losses));
    });
    return await numbers(losses);
  } finally {
    tf.dispose(kept);
    disposeInput(tensors);
  }
}

/** Has the losses outlive the tidy in which they were made; dispose of them. */
function keep(losses: PretrainingLosses): tf.Tensor[] {
  return Object.values(losses).flatMap((loss) => (loss === null ? [] : [tf.keep(loss)]));
}

async function numbers(losses: PretrainingLosses): Promise<TaskLosses> {
  const read = async (loss: tf.Scalar | null): Promise<number | null> =>
    loss === null ? null : ((await loss.data())[0] as number);
  const entries = TASKS.map(async (task) => [task, await read(losses[task])] as const);
  return Object.fromEntries(await Promise.all(entries)) as Record<Task, number | null>;
}

/** A pretraining run: what it reads, and the numbers that decide its course. */
export interface PretrainingRun {
  readonly examples: readonly PretrainingExample[];
  readonly source: RegionSource;
  readonly vocabulary: MaskingVocabulary;
  readonly tasks: ReadonlySet<Task>;
  readonly batchSize: number;
  readonly epochs: number;
  /** Decides order, pairs and masks. */
  readonly seed: number;
}

/** Whole batches of an epoch. */
export function stepsPerEpoch({ examples, batchSize }: PretrainingRun): number {
  return Math.floor(examples.length / batchSize);
}

/**
 * Trains to the end of the run, one yield a step. It begins where the optimiser stands, so a run that goes on from saved
 * weights and optimiser state takes the same steps as one that was never stopped.
 * @throws ModelError when there are fewer examples than one batch holds
 */
export async function* pretrain(
  model: LxmertPretraining,
  optimiser: Optimiser,
  run: PretrainingRun,
  dropout: Dropout | null,
): AsyncGenerator<PretrainingStep, void, undefined> {
  const { examples, source, vocabulary, tasks, batchSize, epochs, seed } = run;
  const steps = stepsPerEpoch(run);
  if (steps === 0)
    throw new ModelError(`pretraining: ${examples.length} examples, expected at least one batch of ${batchSize}`);
  let order = new Uint32Array(0);
  let orderOf = -1;
  for (let step = optimiser.steps; step < steps * epochs; step++) {
    const epoch = Math.floor(step / steps);
    if (epoch !== orderOf)
      order = Uint32Array.from(randomStream(seed, `order of epoch ${epoch}`).permutation(examples.length));
    orderOf = epoch;
    const first = (step % steps) * batchSize;
    const rows = order.subarray(first, first + batchSize);
    const batch = pretrainingBatch(examples, rows, source, vocabulary, tasks, pretrainingStream(seed, step));
    yield await pretrainStep(model, optimiser, batch, tasks, dropout);
  }
}

/** The same batch with nothing to see: how much worse words are guessed then is what the image is worth. */
export function withoutImage({ input, labels }: PretrainingArrays): PretrainingArrays {
  const blank = (values: Float32Array | null): Float32Array | null => values && new Float32Array(values.length);
  return { input: { ...input, features: blank(input.features), boxes: blank(input.boxes) }, labels };
}
