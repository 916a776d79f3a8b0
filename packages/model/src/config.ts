import { ModelError } from "./error.ts";
import { checkRemaining, type Remaining } from "./remaining.ts";

/** Work that no answer depends on; leaving it out changes neither logits nor gradients. */
export interface Savings {
  /** Skip the last cross-modality layer's vision half: only its language half reaches the answer. */
  readonly deadVision: boolean;
  /** After the last use of the other words, go on with the [CLS] row alone: the pooler reads nothing else. */
  readonly classTokenOnly: boolean;
}

/** Sizes of an LXMERT (Tan and Bansal, EMNLP 2019). */
export interface LxmertConfig {
  readonly hidden: number;
  readonly heads: number;
  /** Inner width of the feed-forward sub-layers. */
  readonly intermediate: number;
  readonly layers: {
    readonly language: number;
    /** Object-relationship encoder. */
    readonly object: number;
    readonly cross: number;
  };
  readonly vocabulary: number;
  /** Longest text, in tokens. */
  readonly positions: number;
  readonly tokenTypes: number;
  /** Width of a region's feature vector. */
  readonly featureWidth: number;
  /** Number of answers the head chooses from. */
  readonly answers: number;
  readonly dropout: number;
  /** Standard deviation of fresh weights (BERT's `initializer_range`). */
  readonly initialDeviation: number;
  readonly savings: Savings;
  /** Every question sees one region whose features and box are zero, and no image: the text track. */
  readonly languageOnly: boolean;
  /** Present when attention heads or feed-forward units were taken out of the network. */
  readonly remaining?: Remaining;
}

/** A config as written down: what is left out has LXMERT's own value. */
export interface PartialLxmertConfig extends Partial<Omit<LxmertConfig, "layers" | "savings">> {
  readonly layers?: Partial<LxmertConfig["layers"]>;
  readonly savings?: Partial<Savings>;
}

/** Width of a box: x1, y1, x2, y2 as shares of the image's width and height. */
export const BOX_WIDTH = 4;

const DEFAULTS: LxmertConfig = {
  hidden: 768,
  heads: 12,
  intermediate: 3072,
  layers: { language: 9, object: 5, cross: 5 },
  vocabulary: 30522,
  positions: 512,
  tokenTypes: 2,
  featureWidth: 2048,
  answers: 3129,
  dropout: 0.1,
  initialDeviation: 0.02,
  savings: { deadVision: true, classTokenOnly: true },
  languageOnly: false,
};

const SIZES = [
  "hidden",
  "heads",
  "intermediate",
  "vocabulary",
  "positions",
  "tokenTypes",
  "featureWidth",
  "answers",
] as const;

/**
 * LXMERT's sizes with what differs.
 * @throws ModelError naming the field that cannot be
 */
export function lxmertConfig(differences: PartialLxmertConfig = {}): LxmertConfig {
  const config: LxmertConfig = {
    ...DEFAULTS,
    ...differences,
    layers: { ...DEFAULTS.layers, ...differences.layers },
    savings: { ...DEFAULTS.savings, ...differences.savings },
  };
  for (const size of SIZES) requireWhole(size, config[size], 1);
  for (const encoder of ["language", "object", "cross"] as const)
    requireWhole(`layers.${encoder}`, config.layers[encoder], 0);
  if (config.hidden % config.heads !== 0)
    throw new ModelError(`config: hidden ${config.hidden} is not a multiple of heads ${config.heads}`);
  if (!(config.dropout >= 0 && config.dropout < 1))
    throw new ModelError(`config: dropout is ${config.dropout}, expected a number from 0 up to, not including, 1`);
  if (!(config.initialDeviation > 0))
    throw new ModelError(`config: initialDeviation is ${config.initialDeviation}, expected a number above 0`);
  checkRemaining(config);
  return config;
}

function requireWhole(field: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least)
    throw new ModelError(`config: ${field} is ${value}, expected a whole number of at least ${least}`);
}
