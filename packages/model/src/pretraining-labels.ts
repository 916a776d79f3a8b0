import { type RandomStream } from "@ticketbench/backend";

/** LXMERT's pretraining tasks; masked object prediction comes in three parts. */
export const TASKS = ["words", "matching", "objects", "attributes", "features", "answers"] as const;
export type Task = (typeof TASKS)[number];

/** What is to be predicted; -1 where nothing is. */
export interface PretrainingLabels {
  /** [B * T] the word that stood at a masked place. */
  readonly words: Int32Array;
  /** [B] 1 = text and image belong together, 0 = not. */
  readonly matching: Int32Array;
  /** [B * K] detected classes. */
  readonly objects: Int32Array;
  readonly attributes: Int32Array;
  /** [B * K], 0 to 1, how sure the detector was. */
  readonly confidences: { readonly objects: Float32Array; readonly attributes: Float32Array };
  /** [B * K, F] features before masking. */
  readonly features: Float32Array;
  /** [B * K], 1 where features were masked. */
  readonly maskedRegions: Float32Array;
  /** [B] */
  readonly answers: Int32Array;
}

/** Share of words and of regions that are masked; of these 80 % are blanked, 10 % replaced and 10 % left. */
const RATE = 0.15;
const BLANKED = 0.8;
const REPLACED = 0.1;

/** What becomes of one word or region. */
function fate(stream: RandomStream): "kept" | "blanked" | "replaced" | "shown" {
  const draw = stream.uniform() / RATE;
  if (draw >= 1) return "kept";
  if (draw < BLANKED) return "blanked";
  return draw < BLANKED + REPLACED ? "replaced" : "shown";
}

export interface MaskingVocabulary {
  readonly size: number;
  /** Id of [MASK]. */
  readonly mask: number;
  /** Ids that are never masked: [CLS], [SEP] and padding. */
  readonly special: ReadonlySet<number>;
}

/** Masks words as BERT does (Devlin et al. 2019). Returns new tokens and, at masked places, the words that stood there. */
export function maskWords(
  tokens: Int32Array,
  vocabulary: MaskingVocabulary,
  stream: RandomStream,
): { tokens: Int32Array; labels: Int32Array } {
  const masked = Int32Array.from(tokens);
  const labels = new Int32Array(tokens.length).fill(-1);
  for (const [place, token] of tokens.entries()) {
    if (vocabulary.special.has(token)) continue;
    const what = fate(stream);
    if (what === "kept") continue;
    labels[place] = token;
    if (what === "blanked") masked[place] = vocabulary.mask;
    else if (what === "replaced") masked[place] = stream.integer(vocabulary.size);
  }
  return { tokens: masked, labels };
}

/** Masks regions' features: blanked is zero, replaced is another region of the batch. */
export function maskRegions(
  features: Float32Array,
  width: number,
  stream: RandomStream,
): { features: Float32Array; masked: Float32Array } {
  const regions = features.length / width;
  const shown = Float32Array.from(features);
  const masked = new Float32Array(regions);
  for (let region = 0; region < regions; region++) {
    const what = fate(stream);
    if (what === "kept") continue;
    masked[region] = 1;
    if (what === "blanked") shown.fill(0, region * width, (region + 1) * width);
    else if (what === "replaced") {
      const other = stream.integer(regions);
      shown.set(features.subarray(other * width, (other + 1) * width), region * width);
    }
  }
  return { features: shown, masked };
}
