import type { Shapes } from "./shapes.ts";

/** The parts of LXMERT a ledger reports on; `other` holds what a foreign model brings. */
export const MODULES = [
  "embeddings",
  "visual-input",
  "language",
  "object",
  "cross-modality",
  "pooler",
  "head",
  "other",
] as const;
export type Module = (typeof MODULES)[number];

export type ParameterKind = "matrix" | "bias" | "layer-norm";

/** Where each module's parameters live, by name: never by their position in the model. */
const MODULE_PATTERNS: readonly (readonly [Module, RegExp])[] = [
  ["embeddings", /\bbert\.embeddings\./],
  ["visual-input", /\bencoder\.visn_fc\./],
  ["language", /\bencoder\.layer\.\d+\./],
  ["object", /\bencoder\.r_layers\.\d+\./],
  ["cross-modality", /\bencoder\.x_layers\.\d+\./],
  ["pooler", /\bbert\.pooler\./],
  ["head", /\blogit_fc\.\d+\./],
];

/** The module a parameter belongs to. */
export function moduleOf(name: string): Module {
  return MODULE_PATTERNS.find(([, pattern]) => pattern.test(name))?.[0] ?? "other";
}

/** What a parameter is. `logit_fc.2` is the answer head's LayerNorm, which its name does not say but its shape does. */
export function kindOf(name: string, shape: readonly number[]): ParameterKind {
  if (/layer_?norm/i.test(name)) return "layer-norm";
  if (shape.length >= 2) return "matrix";
  if (/\blogit_fc\.2\./.test(name)) return "layer-norm";
  return name.endsWith(".bias") ? "bias" : "layer-norm";
}

const CROSS_LAYER = /\bencoder\.x_layers\.(\d+)\./;
const VISION_AFTER_CROSS_ATTENTION = /\.(visn_self_att|visn_inter|visn_output)\./;

/**
 * The parameters that never reach the answer: the pooler reads the first language token alone, so what the last
 * cross-modality layer does to the objects after their cross-attention is thrown away. 7,087,872 weights at full size.
 */
export function deadParameters(shapes: Shapes): ReadonlySet<string> {
  const layers = [...shapes.keys()].map((name) => Number(CROSS_LAYER.exec(name)?.[1] ?? -1));
  const last = layers.reduce((a, b) => Math.max(a, b), -1);
  const dead = [...shapes.keys()].filter(
    (name, i) => last >= 0 && layers[i] === last && VISION_AFTER_CROSS_ATTENTION.test(name),
  );
  return new Set(dead);
}
