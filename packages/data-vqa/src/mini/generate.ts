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
import { answerVocabulary, confusions } from "./annotators.ts";
import { describe } from "./captions.ts";
import { MINI_SHA256 } from "./checksums.ts";
import { type AnnotatorModel, MINI_PROFILES, type MiniProfile, type MiniProfileName } from "./profile.ts";
import { RandomStream } from "./random.ts";
import { Detector, type Region } from "./regions.ts";
import { CANVAS, type Scene } from "./scene.ts";
import { drawSplit, type MiniImage, parseImageId, SPLIT_NAMES, type SplitName, type World } from "./split.ts";

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
  if (annotators !== undefined && annotators !== "mild" && annotators !== "real") {
    throw new DataError(`mini-VQA has no annotators "${String(annotators)}"; choose mild or real`);
  }
  return new MiniVqa({ ...chosen, annotators: annotators ?? chosen.annotators }, seed);
}

interface LoadedSplit extends VqaSplit {
  readonly images: readonly MiniImage[];
}

/** The first regions of an image, as many as were asked for. */
interface CachedRegions {
  /** [count, featureWidth] */
  readonly features: Float32Array;
  /** Fractions of the image [count, 4]. */
  readonly boxes: Float32Array;
}

/** mini-VQA as a dataset: each split is generated on first use, and the same whatever else was. */
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
  readonly #world: World;
  readonly #detector: Detector;
  readonly #splits = new Map<SplitName, LoadedSplit>();
  /** One a split, never drawn from: only its children are. */
  readonly #regionStreams = new Map<SplitName, RandomStream>();
  readonly #cached = new Map<string, CachedRegions>();

  constructor(profile: MiniProfile, seed: number) {
    this.profile = profile;
    this.seed = seed;
    this.name = `mini-vqa-${profile.name}`;
    this.featureWidth = profile.featureWidth;
    this.regionsPerImage = profile.regionsPerImage;
    this.defaultRegions = profile.defaultRegions;
    const table = confusions(profile);
    this.answers = answerVocabulary(table);
    this.#world = { profile, confusions: table, vocabulary: answerIndex(this.answers) };
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
      ...drawSplit(known, this.#world, this.#stream(known)),
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
    return this.#detector.detect(this.scene(imageId), this.#imageStream(imageId).child(0));
  }

  fillRegions(imageId: string, count: number, features: Float32Array, boxes: Float32Array, row: number): void {
    checkRegionCount(this.name, count, this.regionsPerImage);
    let cached = this.#cached.get(imageId);
    if (!cached || cached.boxes.length < count * 4) {
      const regions = this.regions(imageId).slice(0, count);
      cached = { features: this.#features(imageId, regions), boxes: normalisedBoxes(regions) };
      this.#cached.set(imageId, cached);
    }
    features.set(cached.features.subarray(0, count * this.featureWidth), row * this.featureWidth);
    boxes.set(cached.boxes.subarray(0, count * 4), row * 4);
  }

  /** SHA-256, hex, over every question, scene, region and feature of a split: equal on every machine. */
  splitSha256(name: string): string {
    const { questions, images } = this.split(name);
    const digest = createHash("sha256").update(JSON.stringify(questions));
    for (const { id, scene } of images) {
      const regions = this.regions(id);
      digest.update(JSON.stringify([id, scene, this.captions(id), regions])).update(this.#features(id, regions));
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

  /** Each region's noise is a stream of its own, so the first k are the same however many are asked for. */
  #features(imageId: string, regions: readonly Region[]): Float32Array {
    const random = this.#imageStream(imageId);
    const features = new Float32Array(regions.length * this.featureWidth);
    for (const [i, region] of regions.entries()) {
      this.#detector.fillFeatures(region, random.child(2 + i), features, i * this.featureWidth);
    }
    return features;
  }

  #image(imageId: string): MiniImage {
    const { split, index } = parseImageId(imageId) ?? { split: null, index: 0 };
    const image = split ? this.split(split).images[index] : undefined;
    if (!image) throw new DataError(`${this.name} has no image ${imageId}`);
    return image;
  }

  #imageStream(imageId: string): RandomStream {
    const { split, index } = parseImageId(imageId) ?? { split: "train" as const, index: 0 };
    let regions = this.#regionStreams.get(split);
    if (!regions) {
      regions = RandomStream.named("mini-vqa", this.profile.name, this.seed, split, "regions");
      this.#regionStreams.set(split, regions);
    }
    return regions.child(index);
  }

  /** A stream of its own each time: it moves on as it is drawn from. */
  #stream(split: SplitName): RandomStream {
    return RandomStream.named("mini-vqa", this.profile.name, this.seed, split, "scenes");
  }
}

function normalisedBoxes(regions: readonly Region[]): Float32Array {
  const { width, height } = CANVAS;
  const boxes = new Float32Array(4 * regions.length);
  for (const [i, { box }] of regions.entries()) {
    for (const [side, at] of box.entries()) boxes[4 * i + side] = at / (side % 2 === 0 ? width : height);
  }
  return boxes;
}
