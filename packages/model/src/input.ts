import { tf } from "@ticketbench/backend";
import { BOX_WIDTH, type LxmertConfig } from "./config.ts";
import { ModelError } from "./error.ts";

/** One batch as the network takes it; whoever made it disposes of it. */
export interface LxmertInput {
  readonly batch: number;
  /** Tokens a text, padding included. */
  readonly tokenLength: number;
  /** [batch * tokenLength] int32; fewer where `textOf` shares texts, and so `tokenTypes` and `textMask`. */
  readonly tokens: tf.Tensor1D;
  /** [batch * tokenLength] int32 segment ids; left out, all are 0. */
  readonly tokenTypes?: tf.Tensor1D;
  /** [batch, tokenLength], 1 = attend, 0 = padding. */
  readonly textMask: tf.Tensor2D;
  /** [batch], which of the texts each question asks; left out, each has its own. */
  readonly textOf?: Int32Array;
  /** Regions an image; 0 in a language-only model, which takes no image. */
  readonly regions: number;
  /** [batch * regions, featureWidth] */
  readonly features: tf.Tensor2D | null;
  /** [batch * regions, 4], shares of width and height */
  readonly boxes: tf.Tensor2D | null;
  /** [batch, regions], 1 = attend; left out, every region counts. */
  readonly visualMask?: tf.Tensor2D;
}

/** The same as plain arrays, row after row. */
export interface LxmertArrays {
  readonly batch: number;
  readonly tokenLength: number;
  readonly tokens: Int32Array;
  readonly tokenTypes?: Int32Array;
  readonly textMask: Float32Array | Int32Array;
  readonly textOf?: Int32Array;
  readonly regions: number;
  readonly features: Float32Array | null;
  readonly boxes: Float32Array | null;
  readonly visualMask?: Float32Array | Int32Array;
}

/** More regions than any detector of the field proposes: a mix-up of lengths. */
const MOST_REGIONS = 100;

/**
 * Checks a batch and puts it on the engine; `disposeInput` takes it off again.
 * @throws ModelError naming the field, what it holds and what was expected
 */
export function lxmertInput(config: LxmertConfig, arrays: LxmertArrays): LxmertInput {
  const { batch, tokenLength, regions } = arrays;
  checkText(config, arrays);
  if (!config.languageOnly) checkImage(config, arrays);
  const { tokenTypes, textOf, visualMask, features, boxes } = arrays;
  return {
    batch,
    tokenLength,
    ...(textOf === undefined ? {} : { textOf }),
    tokens: tf.tensor1d(arrays.tokens, "int32"),
    ...(tokenTypes === undefined ? {} : { tokenTypes: tf.tensor1d(tokenTypes, "int32") }),
    textMask: tf.tensor2d(Float32Array.from(arrays.textMask), [arrays.textMask.length / tokenLength, tokenLength]),
    regions,
    features:
      config.languageOnly || features === null ? null : tf.tensor2d(features, [batch * regions, config.featureWidth]),
    boxes: config.languageOnly || boxes === null ? null : tf.tensor2d(boxes, [batch * regions, BOX_WIDTH]),
    ...(visualMask === undefined ? {} : { visualMask: tf.tensor2d(Float32Array.from(visualMask), [batch, regions]) }),
  };
}

/** Takes a batch off the engine, and with it any further tensor that was put beside its fields. */
export function disposeInput(input: LxmertInput): void {
  for (const value of Object.values(input)) if (value instanceof tf.Tensor) value.dispose();
}

/**
 * The same questions with equal texts held once, so that the network encodes each only once. The answers are the same,
 * to the bit where the engine computes each row by itself. For evaluation: dropout would tell the questions apart.
 */
export function shareTexts(arrays: LxmertArrays): LxmertArrays {
  const { batch, tokenLength, tokens, tokenTypes, textMask } = arrays;
  const textsByContent = new Map<string, number>();
  const firstRows: number[] = [];
  const textOf = Int32Array.from({ length: batch }, (_, row) => {
    const parts = [tokens, textMask, ...(tokenTypes === undefined ? [] : [tokenTypes])];
    const content = parts.map((part) => part.subarray(row * tokenLength, (row + 1) * tokenLength).join()).join(";");
    const text = textsByContent.get(content) ?? firstRows.push(row) - 1;
    textsByContent.set(content, text);
    return text;
  });
  const ofTexts = (part: Int32Array): Int32Array =>
    Int32Array.from({ length: firstRows.length * tokenLength }, (_, i) => {
      const row = firstRows[Math.floor(i / tokenLength)] as number;
      return part[row * tokenLength + (i % tokenLength)] as number;
    });
  return {
    ...arrays,
    textOf,
    tokens: ofTexts(tokens),
    textMask: ofTexts(Int32Array.from(textMask)),
    ...(tokenTypes === undefined ? {} : { tokenTypes: ofTexts(tokenTypes) }),
  };
}

function checkText(config: LxmertConfig, arrays: LxmertArrays): void {
  const { batch, tokenLength, tokens, tokenTypes, textMask, textOf } = arrays;
  if (batch < 1) throw new ModelError(`input: batch is ${batch}, expected at least one question`);
  if (tokenLength < 1 || tokenLength > config.positions)
    throw new ModelError(`input: texts of ${tokenLength} tokens, expected 1 to ${config.positions} (config.positions)`);
  let texts = batch;
  if (textOf !== undefined) {
    texts = Math.floor(tokens.length / tokenLength);
    requireLength("textOf", textOf, batch);
    requireIds("textOf", textOf, texts, "texts");
  }
  requireLength("tokens", tokens, texts * tokenLength);
  requireIds("tokens", tokens, config.vocabulary, "vocabulary");
  requireLength("textMask", textMask, texts * tokenLength);
  if (tokenTypes === undefined) return;
  requireLength("tokenTypes", tokenTypes, texts * tokenLength);
  requireIds("tokenTypes", tokenTypes, config.tokenTypes, "token types");
}

function checkImage(config: LxmertConfig, arrays: LxmertArrays): void {
  const { batch, regions, features, boxes, visualMask } = arrays;
  if (regions < 1 || regions > MOST_REGIONS)
    throw new ModelError(`input: ${regions} regions an image, expected 1 to ${MOST_REGIONS}`);
  if (features === null || boxes === null)
    throw new ModelError("input: no features or boxes, and the model is not language-only");
  requireLength("features", features, batch * regions * config.featureWidth);
  requireLength("boxes", boxes, batch * regions * BOX_WIDTH);
  if (visualMask !== undefined) requireLength("visualMask", visualMask, batch * regions);
}

function requireLength(field: string, values: ArrayLike<number>, expected: number): void {
  if (values.length !== expected)
    throw new ModelError(`input: ${field} holds ${values.length} values, expected ${expected}`);
}

function requireIds(field: string, ids: Int32Array, bound: number, what: string): void {
  // A plain loop: every batch of a training comes through here.
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i] as number;
    if (id < 0 || id >= bound) throw new ModelError(`input: ${field}[${i}] is ${id}, outside the ${bound} ${what}`);
  }
}
