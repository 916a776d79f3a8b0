/**
 * LXMERT: Learning Cross-Modality Encoder Representations from Transformers (Tan and Bansal, EMNLP 2019), its forward
 * path from top to bottom in the order of the paper's section 2. Rows are [batch * length, hidden] throughout.
 * Letters in shapes: B batch, T tokens a text, K regions an image, H hidden size, A answers.
 */
import {
  addNorm,
  attention,
  type Dropout,
  dropout as drop,
  embedding,
  gelu,
  layerNorm,
  linear,
  tf,
} from "@ticketbench/backend";
import type { LxmertConfig } from "./config.ts";
import { ModelError } from "./error.ts";
import type { LxmertInput } from "./input.ts";
import { BERT, parameterShapes } from "./parameters.ts";
import { headsOf } from "./remaining.ts";
import { assignVariables, makeVariable, readVariables, type Variables } from "./variables.ts";
import { checkWeights, type Weights, type WeightTensor } from "./weights.ts";

export interface LxmertOutput {
  /** [B * T, H]; undefined where `savings.classTokenOnly` leaves only the [CLS] rows. */
  readonly language: tf.Tensor2D | undefined;
  /** [B * K, H]; undefined where `savings.deadVision` skips them. */
  readonly vision: tf.Tensor2D | undefined;
  /** [B, H], the cross-modality output. */
  readonly pooled: tf.Tensor2D;
  /** [B, A] */
  readonly logits: tf.Tensor2D;
}

/** Sees every module's output under the original's module name; for parity and for looking inside. */
export type Observer = (module: string, output: tf.Tensor) => void;

/** What stays the same through one forward pass. */
interface Pass {
  readonly batch: number;
  /** [B, T], 0 or -10000, added to attention scores; in the language encoder, where B counts texts, a row a text. */
  readonly textMask: tf.Tensor2D;
  /** [B, K] or null. */
  readonly visualMask: tf.Tensor2D | null;
  readonly dropout: Dropout | null;
  readonly observe: Observer;
}

/** The two streams of the cross-modality encoder. */
interface Streams {
  readonly language: tf.Tensor2D;
  readonly vision: tf.Tensor2D;
}

/** What the encoders hand on; a stream is undefined where a saving leaves it out. */
interface Encoded {
  readonly language: tf.Tensor2D | undefined;
  readonly vision: tf.Tensor2D | undefined;
  /** [B, H], the language stream's [CLS] rows. */
  readonly classToken: tf.Tensor2D;
}

const EMBEDDINGS = `${BERT}.embeddings`;
const ENCODER = `${BERT}.encoder`;
/** Row 0 of each embedding table gets no gradient from look-ups, [CLS]'s position and the only token type included. */
const PADDING_ROW = 0;

/** The network on the engine that is open: parameters, forward pass, weights in and out. */
export class Lxmert {
  readonly config: LxmertConfig;
  /** Trainable tensors by the original's name, in the original's order. */
  readonly parameters: Variables;

  /**
   * Puts the weights on the engine that is open, which may use their arrays in place: leave them as they are.
   * @throws ModelError when a tensor is missing, extra, misshaped or not finite
   */
  constructor(config: LxmertConfig, weights: Weights) {
    const shapes = parameterShapes(config);
    checkWeights(weights, shapes);
    this.config = config;
    this.parameters = new Map(
      [...shapes.keys()].map((name) => [name, makeVariable(weights.get(name) as WeightTensor)]),
    );
  }

  /**
   * Answers a batch of questions.
   * @param dropout null for evaluation
   * @throws ModelError when questions that share texts are to be trained on with dropout
   */
  forward(input: LxmertInput, dropout: Dropout | null, observe: Observer = () => undefined): LxmertOutput {
    return tf.tidy(() => {
      const pass = this.#begin(input, dropout, observe);
      const words = this.#wordEmbeddings(pass, input);
      const objects = this.#objectEmbeddings(pass, input);
      const streams = this.#encode(pass, words, objects, input);
      const pooled = this.#pool(pass, streams.classToken);
      const logits = this.#answer(pass, pooled);
      return { language: streams.language, vision: streams.vision, pooled, logits };
    });
  }

  /** Masks as the attention wants them: 0 where to look, -10000 where not. */
  #begin(input: LxmertInput, dropout: Dropout | null, observe: Observer): Pass {
    const { batch, textMask, textOf, visualMask } = input;
    if (textOf !== undefined && dropout !== null)
      throw new ModelError("input: questions that share a text would share its dropout; leave out textOf");
    return {
      batch,
      textMask: rowsOfQuestions(additive(textMask), textOf, 1),
      visualMask: visualMask === undefined || this.config.languageOnly ? null : additive(visualMask),
      dropout,
      observe,
    };
  }

  // 2.1 Input embeddings

  /** Word-level sentence embeddings: LayerNorm(word + position + token type). Returns [texts * T, H]. */
  #wordEmbeddings(pass: Pass, { tokenLength, tokens, tokenTypes }: LxmertInput): tf.Tensor2D {
    const position = Int32Array.from({ length: tokens.size }, (_, i) => i % tokenLength);
    const type = tokenTypes ?? tf.zeros<tf.Rank.R1>([tokens.size], "int32");
    const words = embedding(this.#weight(`${EMBEDDINGS}.word_embeddings.weight`), tokens, PADDING_ROW);
    const positions = embedding(
      this.#weight(`${EMBEDDINGS}.position_embeddings.weight`),
      tf.tensor1d(position, "int32"),
      PADDING_ROW,
    );
    const types = embedding(this.#weight(`${EMBEDDINGS}.token_type_embeddings.weight`), type, PADDING_ROW);
    const [gain, bias] = this.#layerNormWeights(`${EMBEDDINGS}.LayerNorm`);
    const sum = addNorm(tf.add(words, positions), types, gain, bias, null);
    return this.#seen(pass, EMBEDDINGS, drop(sum, this.#site(pass)));
  }

  /** Object-level image embeddings: mean of LayerNorm(features projected) and LayerNorm(box projected). [B * K, H]. */
  #objectEmbeddings(pass: Pass, { batch, features, boxes }: LxmertInput): tf.Tensor2D {
    const name = `${ENCODER}.visn_fc`;
    const { languageOnly, featureWidth } = this.config;
    if (!languageOnly && (features === null || boxes === null))
      throw new ModelError("input: no features or boxes, and the model is not language-only");
    const project = (part: "visn" | "box", x: tf.Tensor2D): tf.Tensor2D => {
      const projected = this.#seen(pass, `${name}.${part}_fc`, this.#dense(`${name}.${part}_fc`, x));
      const [gain, bias] = this.#layerNormWeights(`${name}.${part}_layer_norm`);
      return this.#seen(pass, `${name}.${part}_layer_norm`, layerNorm(projected, gain, bias));
    };
    const look = project("visn", languageOnly ? tf.zeros([batch, featureWidth]) : (features as tf.Tensor2D));
    const place = project("box", languageOnly ? tf.zeros([batch, 4]) : (boxes as tf.Tensor2D));
    const mean = tf.mul<tf.Tensor2D>(tf.add(look, place), 0.5);
    return this.#seen(pass, name, drop(mean, this.#site(pass)));
  }

  // 2.2 Encoders

  /** Language encoder, object-relationship encoder, then the cross-modality encoder over both. */
  #encode(pass: Pass, words: tf.Tensor2D, objects: tf.Tensor2D, input: LxmertInput): Encoded {
    const { layers, savings } = this.config;
    const language = this.#encodeTexts(pass, words, input);
    let vision = objects;
    for (let i = 0; i < layers.object; i++)
      vision = this.#singleModalityLayer(pass, `${ENCODER}.r_layers.${i}`, vision, pass.visualMask);
    let streams: Streams = { language, vision };
    const complete = layers.cross - (savings.deadVision || savings.classTokenOnly ? 1 : 0);
    for (let i = 0; i < complete; i++) streams = this.#crossModalityLayer(pass, `${ENCODER}.x_layers.${i}`, streams);
    if (complete < 0 || complete === layers.cross)
      return { ...streams, classToken: this.#classTokenRows(pass, streams.language) };
    return this.#lastCrossModalityLayer(pass, `${ENCODER}.x_layers.${complete}`, streams);
  }

  /** The language encoder, over each text once. Returns [B * T, H], for each question the rows of its text. */
  #encodeTexts(pass: Pass, words: tf.Tensor2D, { tokenLength, textMask, textOf }: LxmertInput): tf.Tensor2D {
    const ofTexts = textOf === undefined ? pass : { ...pass, batch: textMask.shape[0], textMask: additive(textMask) };
    let language = words;
    for (let i = 0; i < this.config.layers.language; i++)
      language = this.#singleModalityLayer(ofTexts, `${ENCODER}.layer.${i}`, language, ofTexts.textMask);
    return rowsOfQuestions(language, textOf, tokenLength);
  }

  /** Self-attention, then feed-forward. x [B * L, H]. */
  #singleModalityLayer(pass: Pass, name: string, x: tf.Tensor2D, mask: tf.Tensor2D | null): tf.Tensor2D {
    const attended = this.#attend(pass, `${name}.attention`, "self", x, x, mask);
    const output = this.#feedForward(pass, `${name}.intermediate`, `${name}.output`, attended);
    return this.#seen(pass, name, output);
  }

  /** Cross-attention in both directions with one set of weights, self-attention, feed-forward. */
  #crossModalityLayer(pass: Pass, name: string, { language, vision }: Streams): Streams {
    const { textMask, visualMask } = pass;
    const cross = `${name}.visual_attention`;
    const crossed = {
      language: this.#attend(pass, cross, "att", language, vision, visualMask, "#0"),
      vision: this.#attend(pass, cross, "att", vision, language, textMask, "#1"),
    };
    return {
      language: this.#crossModalityHalf(pass, name, "lang", crossed.language, crossed.language, textMask),
      vision: this.#crossModalityHalf(pass, name, "visn", crossed.vision, crossed.vision, visualMask),
    };
  }

  /** One stream of a cross-modality layer after cross-attention: x [rows, H] looks at its own stream's context. */
  #crossModalityHalf(
    pass: Pass,
    name: string,
    stream: "lang" | "visn",
    x: tf.Tensor2D,
    context: tf.Tensor2D,
    mask: tf.Tensor2D | null,
  ): tf.Tensor2D {
    const attended = this.#attend(pass, `${name}.${stream}_self_att`, "self", x, context, mask);
    const output = this.#feedForward(pass, `${name}.${stream}_inter`, `${name}.${stream}_output`, attended);
    return this.#seen(pass, `${name}.${stream}`, output);
  }

  /**
   * The last cross-modality layer when only the answer is wanted. Nothing reads its vision half, and of its language
   * half only [CLS] is read, which still attends to every word.
   */
  #lastCrossModalityLayer(pass: Pass, name: string, { language, vision }: Streams): Encoded {
    const { deadVision, classTokenOnly } = this.config.savings;
    const { textMask, visualMask } = pass;
    const cross = `${name}.visual_attention`;
    const crossed = this.#attend(pass, cross, "att", language, vision, visualMask, "#0");
    let lastVision: tf.Tensor2D | undefined;
    if (!deadVision) {
      const crossedVision = this.#attend(pass, cross, "att", vision, language, textMask, "#1");
      lastVision = this.#crossModalityHalf(pass, name, "visn", crossedVision, crossedVision, visualMask);
    }
    const queries = classTokenOnly ? this.#classTokenRows(pass, crossed) : crossed;
    const output = this.#crossModalityHalf(pass, name, "lang", queries, crossed, textMask);
    if (classTokenOnly) return { language: undefined, vision: lastVision, classToken: output };
    return { language: output, vision: lastVision, classToken: this.#classTokenRows(pass, output) };
  }

  /** Multi-head attention of x [B * Tq, H] over context [B * Tk, H], dense, dropout, residual, LayerNorm. */
  #attend(
    pass: Pass,
    name: string,
    inner: "self" | "att",
    x: tf.Tensor2D,
    context: tf.Tensor2D,
    mask: tf.Tensor2D | null,
    call = "",
  ): tf.Tensor2D {
    const q = this.#dense(`${name}.${inner}.query`, x);
    const k = this.#dense(`${name}.${inner}.key`, context);
    const v = this.#dense(`${name}.${inner}.value`, context);
    const heads = headsOf(this.config, name.slice(`${BERT}.`.length));
    const settings = { batch: pass.batch, heads, mask, site: this.#site(pass) };
    const attended = this.#seen(pass, `${name}.${inner}${call}`, attention(q, k, v, settings));
    const output = this.#seen(pass, `${name}.output${call}`, this.#output(pass, `${name}.output`, attended, x));
    return this.#seen(pass, `${name}${call}`, output);
  }

  /** Dense, gelu, dense, dropout, residual, LayerNorm. x [rows, H], inner width [rows, intermediate]. */
  #feedForward(pass: Pass, inner: string, outer: string, x: tf.Tensor2D): tf.Tensor2D {
    const widened = this.#seen(pass, inner, gelu(this.#dense(`${inner}.dense`, x)));
    return this.#seen(pass, outer, this.#output(pass, outer, widened, x));
  }

  // 2.3 Output representations

  /** The cross-modality output: tanh of a dense layer on [CLS]. [B, H] -> [B, H]. */
  #pool(pass: Pass, classToken: tf.Tensor2D): tf.Tensor2D {
    const pooled = tf.tanh(this.#dense(`${BERT}.pooler.dense`, classToken));
    return this.#seen(pass, `${BERT}.pooler`, pooled);
  }

  /** The answer head: dense to 2 H, gelu, LayerNorm, dense to the answers. [B, H] -> [B, A]. */
  #answer(pass: Pass, pooled: tf.Tensor2D): tf.Tensor2D {
    const widened = this.#seen(pass, "logit_fc.0", this.#dense("logit_fc.0", pooled));
    const activated = this.#seen(pass, "logit_fc.1", gelu(widened));
    const [gain, bias] = this.#layerNormWeights("logit_fc.2");
    const normed = this.#seen(pass, "logit_fc.2", layerNorm(activated, gain, bias));
    return this.#seen(pass, "logit_fc.3", this.#dense("logit_fc.3", normed));
  }

  // Building blocks

  #dense(name: string, x: tf.Tensor2D): tf.Tensor2D {
    return linear(x, this.#weight(`${name}.weight`), this.#weight(`${name}.bias`));
  }

  /** What closes every sub-layer: LayerNorm(dropout(dense(x)) + residual). */
  #output(pass: Pass, name: string, x: tf.Tensor2D, residual: tf.Tensor2D): tf.Tensor2D {
    const [gain, bias] = this.#layerNormWeights(`${name}.LayerNorm`);
    return addNorm(this.#dense(`${name}.dense`, x), residual, gain, bias, this.#site(pass));
  }

  /** Row 0 of each text: [B * T, H] -> [B, H]. */
  #classTokenRows(pass: Pass, x: tf.Tensor2D): tf.Tensor2D {
    const length = x.shape[0] / pass.batch;
    const rows = Int32Array.from({ length: pass.batch }, (_, i) => i * length);
    return embedding(x, tf.tensor1d(rows, "int32"), null);
  }

  #layerNormWeights(name: string): [tf.Tensor, tf.Tensor] {
    return [this.#weight(`${name}.weight`), this.#weight(`${name}.bias`)];
  }

  #site(pass: Pass): ReturnType<Dropout["next"]> {
    return pass.dropout === null ? null : pass.dropout.next();
  }

  #seen<T extends tf.Tensor>(pass: Pass, module: string, output: T): T {
    pass.observe(module, output);
    return output;
  }

  #weight(name: string): tf.Variable {
    const parameter = this.parameters.get(name);
    if (parameter === undefined) throw new Error(`no parameter ${name}`);
    return parameter;
  }

  // Weights in and out

  /** Copies of all parameters, in the original's order. */
  async snapshot(): Promise<Weights> {
    return await readVariables(this.parameters);
  }

  /**
   * Replaces all parameters, or none when the weights do not fit.
   * @throws ModelError when a tensor is missing, extra, misshaped or not finite
   */
  load(weights: Weights): void {
    checkWeights(weights, parameterShapes(this.config));
    assignVariables(this.parameters, weights);
  }

  dispose(): void {
    for (const parameter of this.parameters.values()) parameter.dispose();
  }
}

/** A mask as attention wants it: 0 where to look, -10000 where not. */
function additive(mask: tf.Tensor2D): tf.Tensor2D {
  return tf.mul(tf.sub(1, mask), -10000);
}

/** For each question the rows of its text: [texts * length, width] -> [B * length, width]. */
function rowsOfQuestions(ofTexts: tf.Tensor2D, textOf: Int32Array | undefined, length: number): tf.Tensor2D {
  if (textOf === undefined) return ofTexts;
  const rows = Int32Array.from({ length: textOf.length * length }, (_, i) => {
    const text = textOf[Math.floor(i / length)] as number;
    return text * length + (i % length);
  });
  return embedding(ofTexts, tf.tensor1d(rows, "int32"), null);
}
