/**
 * LXMERT with its pretraining heads (Tan and Bansal 2019, section 3): masked words, matching of text and image, masked
 * objects by detected label, attribute and features, and image question answering. Letters in shapes as in lxmert.ts;
 * V words, F feature width.
 */
import { crossEntropyRows, type Dropout, embedding, gelu, layerNorm, linear, tf } from "@ticketbench/backend";
import type { LxmertConfig } from "./config.ts";
import { ModelError } from "./error.ts";
import type { LxmertInput } from "./input.ts";
import { Lxmert, type Observer } from "./lxmert.ts";
import { BERT, listAnswerHeadShapes, listEncoderShapes, type ParameterShape, ShapeList } from "./parameters.ts";
import { type PretrainingLabels, TASKS, type Task } from "./pretraining-labels.ts";
import { makeVariable, readVariables, type Variables } from "./variables.ts";
import { checkWeights, type Weights, type WeightTensor } from "./weights.ts";

export interface PretrainingConfig {
  /** `answers` counts pretraining's answers. */
  readonly network: LxmertConfig;
  /** Object classes of the detector. */
  readonly objects: number;
  readonly attributes: number;
}

/** The share of regions that is masked: losses over all regions are scaled up to those over masked ones. */
const MASKED_SHARE = 0.15;

const WORDS = "bert.embeddings.word_embeddings.weight";
/** The word scores' matrix is the word embedding, which some files hold twice. */
const TIED = "cls.predictions.decoder.weight";

/** Names, shapes and kinds of all parameters, in the original's order; the tied matrix counts once. */
export function pretrainingShapes(config: PretrainingConfig): ReadonlyMap<string, ParameterShape> {
  const { hidden, vocabulary, featureWidth } = config.network;
  const list = new ShapeList();
  listEncoderShapes(list, "bert", config.network);
  list.bias("cls.predictions.bias", vocabulary);
  const transform = (name: string): void => {
    list.linear(`${name}.transform.dense`, hidden, hidden);
    list.layerNorm(`${name}.transform.LayerNorm`, hidden);
  };
  transform("cls.predictions");
  list.linear("cls.seq_relationship", hidden, 2);
  transform("obj_predict_head");
  list.linear("obj_predict_head.decoder_dict.obj", hidden, config.objects);
  list.linear("obj_predict_head.decoder_dict.attr", hidden, config.attributes);
  list.linear("obj_predict_head.decoder_dict.feat", hidden, featureWidth);
  listAnswerHeadShapes(list, "answer_head.logit_fc", config.network);
  return list.shapes;
}

/** The name of a parameter inside the network, or null for a head's own. */
function networkName(name: string): string | null {
  if (name.startsWith("bert.")) return name.replace("bert", BERT);
  return name.startsWith("answer_head.") ? name.slice("answer_head.".length) : null;
}

/** One loss a task; null where the task is off or the batch holds nothing to predict. */
export type PretrainingLosses = Readonly<Record<Task, tf.Scalar | null>>;

/** The network and its pretraining heads on the engine that is open; the word embedding is the word scores' matrix. */
export class LxmertPretraining {
  readonly config: PretrainingConfig;
  /** Trainable tensors by the original's name. */
  readonly parameters: Variables;
  readonly #network: Lxmert;

  /** @throws ModelError when a tensor is missing, extra, misshaped or not finite */
  constructor(config: PretrainingConfig, weights: Weights) {
    this.config = { ...config, network: { ...config.network, savings: { deadVision: false, classTokenOnly: false } } };
    const shapes = pretrainingShapes(config);
    const untied = withoutTied(weights);
    checkWeights(untied, shapes);
    this.#network = new Lxmert(this.config.network, networkOfPretraining(untied));
    const variableOf = (name: string): tf.Variable => {
      const inner = networkName(name);
      if (inner === null) return makeVariable(untied.get(name) as WeightTensor);
      return this.#network.parameters.get(inner) as tf.Variable;
    };
    this.parameters = new Map([...shapes.keys()].map((name) => [name, variableOf(name)]));
  }

  /**
   * The losses of the tasks that are on, in the original's weighting. Inside `tf.tidy`.
   * @param dropout null for evaluation
   */
  losses(
    input: LxmertInput,
    labels: PretrainingLabels,
    tasks: ReadonlySet<Task>,
    dropout: Dropout | null,
    observe: Observer = () => undefined,
  ): PretrainingLosses {
    const { language, vision, pooled, logits } = this.#network.forward(input, dropout, observe);
    if (language === undefined || vision === undefined) throw new Error("pretraining needs both streams");
    const on = <T>(task: Task, loss: () => T): T | null => (tasks.has(task) ? loss() : null);
    const needsObjects = tasks.has("objects") || tasks.has("attributes") || tasks.has("features");
    const objects = needsObjects ? this.#transform("obj_predict_head", vision, observe) : vision;
    return {
      words: on("words", () => this.#wordLoss(language, labels.words)),
      matching: on("matching", () => meanOfLabelled(this.matchScores(pooled), labels.matching)),
      objects: on("objects", () =>
        weightedMean(
          crossEntropyRows(this.#decode("obj", objects, observe), tf.tensor1d(labels.objects, "int32")),
          labels.confidences.objects,
        ),
      ),
      attributes: on("attributes", () =>
        weightedMean(
          crossEntropyRows(this.#decode("attr", objects, observe), tf.tensor1d(labels.attributes, "int32")),
          labels.confidences.attributes,
        ),
      ),
      features: on("features", () => {
        const predicted = this.#decode("feat", objects, observe);
        return weightedMean(
          smoothL1Rows(predicted, tf.tensor2d(labels.features, predicted.shape)),
          labels.maskedRegions,
        );
      }),
      answers: on("answers", () => meanOfLabelled(logits, labels.answers)),
    };
  }

  /** Scores of every word at every place: [rows, H] -> [rows, V]. */
  wordScores(language: tf.Tensor2D): tf.Tensor2D {
    const transformed = this.#transform("cls.predictions", language, () => undefined);
    return linear(transformed, this.#weight(WORDS), this.#weight("cls.predictions.bias"));
  }

  /** Scores of not matching and matching: [B, H] -> [B, 2]. */
  matchScores(pooled: tf.Tensor2D): tf.Tensor2D {
    return linear(pooled, this.#weight("cls.seq_relationship.weight"), this.#weight("cls.seq_relationship.bias"));
  }

  /** Only masked words have a loss, so only their places are scored. */
  #wordLoss(language: tf.Tensor2D, labels: Int32Array): tf.Scalar | null {
    const places = Int32Array.from([...labels.keys()].filter((place) => (labels[place] as number) >= 0));
    if (places.length === 0) return null;
    const masked = embedding(language, tf.tensor1d(places, "int32"), null);
    return meanOfLabelled(
      this.wordScores(masked),
      places.map((place) => labels[place] as number),
    );
  }

  /** Dense, gelu, LayerNorm: [rows, H] -> [rows, H]. */
  #transform(head: string, x: tf.Tensor2D, observe: Observer): tf.Tensor2D {
    const name = `${head}.transform`;
    const dense = gelu(linear(x, this.#weight(`${name}.dense.weight`), this.#weight(`${name}.dense.bias`)));
    const y = layerNorm(dense, this.#weight(`${name}.LayerNorm.weight`), this.#weight(`${name}.LayerNorm.bias`));
    observe(name, y);
    return y;
  }

  #decode(decoder: "obj" | "attr" | "feat", x: tf.Tensor2D, observe: Observer): tf.Tensor2D {
    const name = `obj_predict_head.decoder_dict.${decoder}`;
    const scores = linear(x, this.#weight(`${name}.weight`), this.#weight(`${name}.bias`));
    observe(`obj_predict_head.${decoder}`, scores);
    return scores;
  }

  #weight(name: string): tf.Variable {
    const parameter = this.parameters.get(name);
    if (parameter === undefined) throw new Error(`no parameter ${name}`);
    return parameter;
  }

  /** Copies of all parameters, the tied matrix once. */
  async snapshot(): Promise<Weights> {
    return await readVariables(this.parameters);
  }

  dispose(): void {
    for (const parameter of this.parameters.values()) parameter.dispose();
  }
}

function withoutTied(weights: Weights): Weights {
  const [tied, words] = [weights.get(TIED), weights.get(WORDS)];
  if (tied === undefined || words === undefined) return weights;
  if (tied.values !== words.values && tied.values.some((value, i) => value !== words.values[i]))
    throw new ModelError(`weights: ${TIED} differs from ${WORDS}, of which it is a copy`);
  return new Map([...weights].filter(([name]) => name !== TIED));
}

/** The network inside pretraining weights, under its own names: heads other than the answers' are left out. */
export function networkOfPretraining(weights: Weights): Weights {
  const inner = new Map<string, WeightTensor>();
  for (const [name, tensor] of weights) {
    const place = networkName(name);
    if (place !== null) inner.set(place, tensor);
  }
  return inner;
}

/** Mean cross-entropy over the rows that have a label; null when none has. */
function meanOfLabelled(scores: tf.Tensor2D, labels: Int32Array): tf.Scalar | null {
  const labelled = labels.reduce((count, label) => count + (label >= 0 ? 1 : 0), 0);
  if (labelled === 0) return null;
  return tf.mul(tf.sum(crossEntropyRows(scores, tf.tensor1d(labels, "int32"))), 1 / labelled);
}

/** Mean over all regions of loss times weight, scaled up as if the mean were over the masked ones. */
function weightedMean(losses: tf.Tensor1D, weights: Float32Array): tf.Scalar {
  return tf.mul(tf.sum(tf.mul(losses, tf.tensor1d(weights))), 1 / (weights.length * MASKED_SHARE));
}

/** Smooth L1 (Girshick 2015), mean over each row: [rows, F] twice -> [rows]. */
function smoothL1Rows(predicted: tf.Tensor2D, targets: tf.Tensor2D): tf.Tensor1D {
  const rows = tf.customGrad((x, save) => {
    const error = tf.sub(x as tf.Tensor, targets);
    const inside = tf.clipByValue(error, -1, 1);
    (save as (tensors: tf.Tensor[]) => void)([inside]);
    // |e| - 1/2 outside and e²/2 inside are both c (e - c / 2) with c the clipped error.
    const value = tf.mean(tf.mul(inside, tf.sub(error, tf.mul(inside, 0.5))), 1);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor =>
      tf.mul(saved[0] as tf.Tensor, tf.mul(tf.expandDims(dy, 1), 1 / predicted.shape[1]));
    return { value, gradFunc };
  });
  return rows(predicted) as tf.Tensor1D;
}

/** The total loss: the sum of the tasks' losses. */
export function totalLoss(losses: PretrainingLosses): tf.Scalar | null {
  const present = TASKS.map((task) => losses[task]).filter((loss) => loss !== null);
  return present.length === 0 ? null : tf.addN(present);
}
