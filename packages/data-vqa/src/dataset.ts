import { DataError } from "./error.ts";
import type { Question } from "./question.ts";

/** The questions of one part of a dataset, in a fixed order. */
export interface VqaSplit {
  readonly name: string;
  readonly questions: readonly Question[];
}

/** What a detector said about regions, beside their features; indexes point into the dataset's own vocabularies. */
export interface RegionLabels {
  readonly objectNames: readonly string[];
  readonly attributeNames: readonly string[];
  /** Write `count` regions of an image at `row`, one value a region; detector confidences lie in 0..1. */
  fill(imageId: string, count: number, into: RegionLabelArrays, row: number): void;
}

export interface RegionLabelArrays {
  readonly objectIds: Int32Array;
  readonly attributeIds: Int32Array;
  readonly confidences: Float32Array;
}

/**
 * Questions, answer vocabulary and region features under one roof. A dataset is random access: nothing in it is an
 * object per sample that lives longer than the call that asked for it, except the questions themselves.
 */
export interface VqaDataset {
  readonly name: string;
  /** SHA-256, hex: two datasets with one hash hold the same questions, labels and features. */
  readonly hash: string;
  /** The answer vocabulary (`label2ans`): the network's output of index i stands for `answers[i]`. */
  readonly answers: readonly string[];
  readonly featureWidth: number;
  /** How many regions every image has; fewer may be read, the most confident come first. */
  readonly regionsPerImage: number;
  /** How many regions a study reads unless it says otherwise. */
  readonly defaultRegions: number;
  readonly splitNames: readonly string[];
  /** Throws DataError for a name that is not in `splitNames`. Loads or generates the split on first use. */
  split(name: string): VqaSplit;
  /**
   * Write the `count` first regions of an image as rows `row`, `row + 1`, ...: features [count, featureWidth] and
   * boxes [count, 4] as (x1, y1, x2, y2) divided by the image's width and height.
   */
  fillRegions(imageId: string, count: number, features: Float32Array, boxes: Float32Array, row: number): void;
  /** The same without holding up the caller, where regions come from a disk; absent where they do not. */
  readonly readRegions?: ReadRegions;
  /** Detected objects and attributes, for masked object prediction; null where the dataset has none. */
  readonly regionLabels: RegionLabels | null;
  /** Sentences that describe an image, for pretraining; empty where there are none. */
  captions(imageId: string): readonly string[];
}

export type ReadRegions = (...request: Parameters<VqaDataset["fillRegions"]>) => Promise<void>;

/** The error for a split name nobody knows, the same words for every dataset. */
export function unknownSplit(dataset: string, name: string, known: readonly string[]): DataError {
  return new DataError(`dataset ${dataset} has no split "${name}"; it has ${known.join(", ")}`);
}

/** Refuse a region count that an image cannot serve. */
export function checkRegionCount(dataset: string, count: number, regionsPerImage: number): void {
  if (!Number.isInteger(count) || count < 1 || count > regionsPerImage) {
    throw new DataError(`${dataset}: cannot read ${count} regions, an image has ${regionsPerImage}; ask for 1 to that`);
  }
}
