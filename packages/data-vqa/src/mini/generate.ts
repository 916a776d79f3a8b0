import { createHash, hash } from "node:crypto";
import {
  checkRegionCount,
  type RegionLabelArrays,
  type RegionLabels,
  unknownSplit,
  type VqaDataset,
  type VqaSplit,
} from "../dataset.ts";
import { DataError } from "../error.ts";
import { answerIndex } from "../label.ts";
import { answerVocabulary, type Confusions, confusions } from "./annotators.ts";
import { describe } from "./captions.ts";
import { MINI_SHA256 } from "./checksums.ts";
import { type AnnotatorModel, MINI_PROFILES, type MiniProfile, type MiniProfileName } from "./profile.ts";
import { RandomStream } from "./random.ts";
import { Detector, type Region } from "./regions.ts";
import { CANVAS, type Scene } from "./scene.ts";
import { drawSplit, type MiniImage, parseImageId, SPLIT_NAMES, type SplitName } from "./split.ts";

/** Raised whenever the same seed would give other samples than before. */
const GENERATOR_VERSION = 1;

export interface MiniVqaOptions {
  readonly profile?: MiniProfileName;
  /** Another seed gives other scenes and questions about the same world. */
  readonly seed?: number;
  /** How the ten annotators disagree; the profile's own model by default. */
  readonly annotators?: AnnotatorModel;
}

/** mini-VQA: a procedural dataset, made in memory, with everything known about every picture. */
export function generateMiniVqa({ profile = "quick", seed = 0, annotators }: MiniVqaOptions = {}): MiniVqa {
  if (!Object.hasOwn(MINI_PROFILES, profile)) {
    throw new DataError(`mini-VQA has no profile "${profile}"; choose ${Object.keys(MINI_PROFILES).join(", ")}`);
  }
  if (!Number.isSafeInteger(seed)) throw new DataError(`mini-VQA's seed must be a whole number, not ${seed}`);
  const chosen = MINI_PROFILES[profile];
  return new MiniVqa({ ...chosen, annotators: annotators ?? chosen.annotators }, seed);
}

interface LoadedSplit extends VqaSplit {
  readonly images: readonly MiniImage[];
}

interface DetectedRegions {
  readonly regions: readonly Region[];
  /** Features of the first regions [as many as were asked for, featureWidth]. */
  readonly features: Float32Array;
}

export class MiniVqa implements VqaDataset {
  readonly profile: MiniProfile;
  readonly seed: number;
  readonly name: string;
  readonly hash: string;
  readonly answers: readonly string[];
  readonly featureWidth: number;
  readonly regionsPerImage: number;
  readonly defaultRegions: number;
  readonly splitNames: readonly string[] = SPLIT_NAMES;
  readonly regionLabels: RegionLabels;
  readonly #confusions: Confusions;
  readonly #answerIndex: ReadonlyMap<string, number>;
  readonly #detector: Detector;
  readonly #splits = new Map<SplitName, LoadedSplit>();
  readonly #detected = new Map<string, DetectedRegions>();

  constructor(profile: MiniProfile, seed: number) {
    this.profile = profile;
    this.seed = seed;
    this.name = `mini-vqa-${profile.name}`;
    this.featureWidth = profile.featureWidth;
    this.regionsPerImage = profile.regionsPerImage;
    this.defaultRegions = profile.defaultRegions;
    this.#confusions = confusions(profile);
    this.answers = answerVocabulary(this.#confusions);
    this.#answerIndex = answerIndex(this.answers);
    this.#detector = new Detector(profile);
    this.regionLabels = {
      objectNames: this.#detector.objectNames,
      attributeNames: this.#detector.attributeNames,
      fill: (imageId, count, into, row) => this.#fillLabels(imageId, count, into, row),
    };
    // The samples are a function of these; the published checksums tie the hash to their very bytes.
    const published = seed === 0 ? MINI_SHA256[profile.name] : null;
    this.hash = hash("sha256", JSON.stringify(["mini-vqa", GENERATOR_VERSION, profile, seed, published]));
  }

  split(name: string): LoadedSplit {
    const known = SPLIT_NAMES.find((split) => split === name);
    if (!known) throw unknownSplit(this.name, name, SPLIT_NAMES);
    const loaded = this.#splits.get(known) ?? {
      name: known,
      ...drawSplit(known, this.profile, this.#stream(known), this.#confusions, this.#answerIndex),
    };
    this.#splits.set(known, loaded);
    return loaded;
  }

  /** The scene that an image shows. */
  scene(imageId: string): Scene {
    return this.#image(imageId).scene;
  }

  captions(imageId: string): readonly string[] {
    const { scene } = this.#image(imageId);
    return describe(scene, this.profile, this.#imageStream(imageId).child(1));
  }

  /** All regions that the simulated detector reports for an image, most confident first. */
  regions(imageId: string): readonly Region[] {
    return (this.#detected.get(imageId) ?? this.#detect(imageId, 0)).regions;
  }

  fillRegions(imageId: string, count: number, features: Float32Array, boxes: Float32Array, row: number): void {
    checkRegionCount(this.name, count, this.regionsPerImage);
    const width = this.featureWidth;
    let detected = this.#detected.get(imageId);
    if (!detected || detected.features.length < count * width) detected = this.#detect(imageId, count);
    features.set(detected.features.subarray(0, count * width), row * width);
    for (let i = 0; i < count; i++) {
      const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = detected.regions[i]?.box ?? [];
      const at = (row + i) * 4;
      boxes[at] = x1 / CANVAS.width;
      boxes[at + 1] = y1 / CANVAS.height;
      boxes[at + 2] = x2 / CANVAS.width;
      boxes[at + 3] = y2 / CANVAS.height;
    }
  }

  /** SHA-256, hex, over every question, scene, region and feature of a split: equal on every machine. */
  splitSha256(name: string): string {
    const { questions, images } = this.split(name);
    const digest = createHash("sha256").update(JSON.stringify(questions));
    for (const { id, scene } of images) {
      const { regions, features } = this.#computeRegions(id, this.regionsPerImage);
      digest.update(JSON.stringify([id, scene, this.captions(id), regions])).update(features);
    }
    return digest.digest("hex");
  }

  #fillLabels(imageId: string, count: number, into: RegionLabelArrays, row: number): void {
    checkRegionCount(this.name, count, this.regionsPerImage);
    for (const [i, region] of this.regions(imageId).slice(0, count).entries()) {
      into.objectIds[row + i] = region.objectId;
      into.attributeIds[row + i] = region.attributeId;
      into.confidences[row + i] = region.confidence;
    }
  }

  #detect(imageId: string, count: number): DetectedRegions {
    const detected = this.#computeRegions(imageId, count);
    this.#detected.set(imageId, detected);
    return detected;
  }

  /** Each region's noise is a stream of its own, so the first k are the same however many are asked for. */
  #computeRegions(imageId: string, count: number): DetectedRegions {
    const { scene } = this.#image(imageId);
    const random = this.#imageStream(imageId);
    const regions = this.#detector.detect(scene, random.child(0));
    const features = new Float32Array(count * this.featureWidth);
    for (const [i, region] of regions.slice(0, count).entries()) {
      this.#detector.fillFeatures(region, random.child(2 + i), features, i * this.featureWidth);
    }
    return { regions, features };
  }

  #image(imageId: string): MiniImage {
    const { split, index } = parseImageId(imageId) ?? { split: null, index: 0 };
    const image = split ? this.split(split).images[index] : undefined;
    if (!image) throw new DataError(`${this.name} has no image ${imageId}`);
    return image;
  }

  #imageStream(imageId: string): RandomStream {
    const { split, index } = parseImageId(imageId) ?? { split: "train" as const, index: 0 };
    return this.#stream(split, "regions").child(index);
  }

  #stream(split: SplitName, use = "scenes"): RandomStream {
    return RandomStream.named("mini-vqa", this.profile.name, this.seed, split, use);
  }
}
