import { randomStream } from "@ticketbench/backend";
import type { Weights } from "@ticketbench/model";
import { kindOf } from "../parameter.ts";
import { type Shapes, sizeOf } from "../shapes.ts";

export interface LxmertSize {
  readonly vocabulary: number;
  readonly positions: number;
  readonly hidden: number;
  readonly inner: number;
  readonly features: number;
  readonly layers: { readonly language: number; readonly cross: number; readonly object: number };
  readonly answers: number;
}

export const FULL: LxmertSize = {
  vocabulary: 30522,
  positions: 512,
  hidden: 768,
  inner: 3072,
  features: 2048,
  layers: { language: 9, cross: 5, object: 5 },
  answers: 3129,
};

export const TINY: LxmertSize = {
  vocabulary: 20,
  positions: 8,
  hidden: 6,
  inner: 10,
  features: 7,
  layers: { language: 2, cross: 2, object: 1 },
  answers: 5,
};

type Line = readonly [string, readonly number[]];

const linear = (name: string, out: number, input: number): Line[] => [
  [`${name}.weight`, [out, input]],
  [`${name}.bias`, [out]],
];
const norm = (name: string, size: number): Line[] => [
  [`${name}.weight`, [size]],
  [`${name}.bias`, [size]],
];
const output = (name: string, out: number, input: number): Line[] => [
  ...linear(`${name}.dense`, out, input),
  ...norm(`${name}.LayerNorm`, out),
];
const attention = (name: string, inside: string, hidden: number): Line[] => [
  ...["query", "key", "value"].flatMap((part) => linear(`${name}.${inside}.${part}`, hidden, hidden)),
  ...output(`${name}.output`, hidden, hidden),
];

function bertLayer(name: string, { hidden, inner }: LxmertSize): Line[] {
  return [
    ...attention(`${name}.attention`, "self", hidden),
    ...linear(`${name}.intermediate.dense`, inner, hidden),
    ...output(`${name}.output`, hidden, inner),
  ];
}

function crossLayer(name: string, { hidden, inner }: LxmertSize): Line[] {
  return [
    ...attention(`${name}.visual_attention`, "att", hidden),
    ...attention(`${name}.lang_self_att`, "self", hidden),
    ...attention(`${name}.visn_self_att`, "self", hidden),
    ...["lang", "visn"].flatMap((side) => [
      ...linear(`${name}.${side}_inter.dense`, inner, hidden),
      ...output(`${name}.${side}_output`, hidden, inner),
    ]),
  ];
}

/** The parameter names and shapes of LXMERT with its answer head, in the order the original lists them. */
export function lxmertShapes(size: LxmertSize): Shapes {
  const bert = "lxrt_encoder.model.bert";
  const layers = (count: number, name: string, layer: (name: string, size: LxmertSize) => Line[]) =>
    Array.from({ length: count }, (_, i) => layer(`${bert}.encoder.${name}.${i}`, size)).flat();
  return new Map([
    [`${bert}.embeddings.word_embeddings.weight`, [size.vocabulary, size.hidden]],
    [`${bert}.embeddings.position_embeddings.weight`, [size.positions, size.hidden]],
    [`${bert}.embeddings.token_type_embeddings.weight`, [2, size.hidden]],
    ...norm(`${bert}.embeddings.LayerNorm`, size.hidden),
    ...linear(`${bert}.encoder.visn_fc.visn_fc`, size.hidden, size.features),
    ...norm(`${bert}.encoder.visn_fc.visn_layer_norm`, size.hidden),
    ...linear(`${bert}.encoder.visn_fc.box_fc`, size.hidden, 4),
    ...norm(`${bert}.encoder.visn_fc.box_layer_norm`, size.hidden),
    ...layers(size.layers.language, "layer", bertLayer),
    ...layers(size.layers.cross, "x_layers", crossLayer),
    ...layers(size.layers.object, "r_layers", bertLayer),
    ...linear(`${bert}.pooler.dense`, size.hidden, size.hidden),
    ...linear("logit_fc.0", 2 * size.hidden, size.hidden),
    ...norm("logit_fc.2", 2 * size.hidden),
    ...linear("logit_fc.3", size.answers, 2 * size.hidden),
  ]);
}

/** Seeded weights of those shapes: matrices and biases normal with deviation 0.02, LayerNorm gains near 1. */
export function randomWeights(shapes: Shapes, seed: number): Weights {
  return new Map(
    [...shapes].map(([name, shape]) => {
      const random = randomStream(seed, `weights/${name}`);
      const mean = kindOf(name, shape) === "layer-norm" && name.endsWith(".weight") ? 1 : 0;
      const values = Float32Array.from({ length: sizeOf(shape) }, () => mean + 0.02 * random.normal());
      return [name, { shape, values }];
    }),
  );
}
