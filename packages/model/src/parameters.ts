import { BOX_WIDTH, type LxmertConfig } from "./config.ts";
import { headsOf, unitsOf } from "./remaining.ts";

/** Where the original keeps the network inside its VQA model; the answer head stands beside it. */
export const BERT = "lxrt_encoder.model.bert";

/** What a parameter is, which decides how it starts. */
export type ParameterKind = "matrix" | "embedding" | "bias" | "gain";

export interface ParameterShape {
  readonly shape: readonly number[];
  readonly kind: ParameterKind;
}

/** Collects names and shapes of modules in the order in which PyTorch lists them. */
export class ShapeList {
  readonly shapes = new Map<string, ParameterShape>();

  linear(name: string, inputs: number, outputs: number): void {
    this.shapes.set(`${name}.weight`, { shape: [outputs, inputs], kind: "matrix" });
    this.shapes.set(`${name}.bias`, { shape: [outputs], kind: "bias" });
  }

  bias(name: string, width: number): void {
    this.shapes.set(name, { shape: [width], kind: "bias" });
  }

  layerNorm(name: string, width: number): void {
    this.shapes.set(`${name}.weight`, { shape: [width], kind: "gain" });
    this.shapes.set(`${name}.bias`, { shape: [width], kind: "bias" });
  }

  embedding(name: string, rows: number, width: number): void {
    this.shapes.set(`${name}.weight`, { shape: [rows, width], kind: "embedding" });
  }

  /** A dense layer whose output is added to the sub-layer's input and normalised. */
  output(name: string, inputs: number, hidden: number): void {
    this.linear(`${name}.dense`, inputs, hidden);
    this.layerNorm(`${name}.LayerNorm`, hidden);
  }

  /** @param width of all heads together */
  attention(name: string, inner: "self" | "att", hidden: number, width: number): void {
    for (const projection of ["query", "key", "value"]) this.linear(`${name}.${inner}.${projection}`, hidden, width);
    this.output(`${name}.output`, width, hidden);
  }
}

/** The three encoders and the pooler, without the answer head: what pretraining and fine-tuning share. */
export function listEncoderShapes(list: ShapeList, prefix: string, config: LxmertConfig): void {
  const { hidden, layers } = config;
  list.embedding(`${prefix}.embeddings.word_embeddings`, config.vocabulary, hidden);
  list.embedding(`${prefix}.embeddings.position_embeddings`, config.positions, hidden);
  list.embedding(`${prefix}.embeddings.token_type_embeddings`, config.tokenTypes, hidden);
  list.layerNorm(`${prefix}.embeddings.LayerNorm`, hidden);
  list.linear(`${prefix}.encoder.visn_fc.visn_fc`, config.featureWidth, hidden);
  list.layerNorm(`${prefix}.encoder.visn_fc.visn_layer_norm`, hidden);
  list.linear(`${prefix}.encoder.visn_fc.box_fc`, BOX_WIDTH, hidden);
  list.layerNorm(`${prefix}.encoder.visn_fc.box_layer_norm`, hidden);
  const attention = (name: string, inner: "self" | "att"): void =>
    list.attention(`${prefix}.${name}`, inner, hidden, (headsOf(config, name) * hidden) / config.heads);
  const feedForward = (inner: string, outer: string): void => {
    list.linear(`${prefix}.${inner}.dense`, hidden, unitsOf(config, inner));
    list.output(`${prefix}.${outer}`, unitsOf(config, inner), hidden);
  };
  const singleModalityLayer = (name: string): void => {
    attention(`${name}.attention`, "self");
    feedForward(`${name}.intermediate`, `${name}.output`);
  };
  for (let i = 0; i < layers.language; i++) singleModalityLayer(`encoder.layer.${i}`);
  for (let i = 0; i < layers.cross; i++) {
    const name = `encoder.x_layers.${i}`;
    attention(`${name}.visual_attention`, "att");
    attention(`${name}.lang_self_att`, "self");
    attention(`${name}.visn_self_att`, "self");
    for (const modality of ["lang", "visn"]) feedForward(`${name}.${modality}_inter`, `${name}.${modality}_output`);
  }
  for (let i = 0; i < layers.object; i++) singleModalityLayer(`encoder.r_layers.${i}`);
  list.linear(`${prefix}.pooler.dense`, hidden, hidden);
}

/** The answer head: dense to twice the width, gelu, LayerNorm, dense to the answers. */
export function listAnswerHeadShapes(list: ShapeList, prefix: string, config: LxmertConfig): void {
  list.linear(`${prefix}.0`, config.hidden, 2 * config.hidden);
  list.layerNorm(`${prefix}.2`, 2 * config.hidden);
  list.linear(`${prefix}.3`, 2 * config.hidden, config.answers);
}

/** Names, shapes and kinds of LXMERT's parameters for VQA, in the original's order: 455 tensors at full size. */
export function parameterShapes(config: LxmertConfig): ReadonlyMap<string, ParameterShape> {
  const list = new ShapeList();
  listEncoderShapes(list, BERT, config);
  listAnswerHeadShapes(list, "logit_fc", config);
  return list.shapes;
}

/** Number of weights in a tensor of that shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** Number of weights in all tensors. */
export function parameterCount(shapes: ReadonlyMap<string, { readonly shape: readonly number[] }>): number {
  let count = 0;
  for (const { shape } of shapes.values()) count += sizeOf(shape);
  return count;
}

/**
 * Parameters that no answer depends on: the vision half of the last cross-modality layer after cross-attention
 * (7,087,872 weights at full size). They get no gradient and no optimiser step.
 */
export function deadParameters(config: LxmertConfig): readonly string[] {
  const last = `${BERT}.encoder.x_layers.${config.layers.cross - 1}.visn_`;
  return [...parameterShapes(config).keys()].filter((name) => name.startsWith(last));
}
