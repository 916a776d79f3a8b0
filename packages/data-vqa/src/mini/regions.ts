import type { MiniProfile } from "./profile.ts";
import { RandomStream } from "./random.ts";
import { type Box, CANVAS, type Scene, type SceneObject } from "./scene.ts";

/** What the simulated detector reports about one region, features aside. */
export interface Region {
  readonly box: Box;
  readonly confidence: number;
  readonly objectId: number;
  readonly attributeId: number;
  /** The words whose codes make up the feature vector. */
  readonly shows: readonly string[];
  /** Share of the vector that is the object, the rest being background: 1 but for duplicates. */
  readonly share: number;
}

const CODE_WEIGHTS = { kind: 1, family: 0.5, color: 1, pattern: 1, size: 0.6, place: 1 } as const;
type Aspect = keyof typeof CODE_WEIGHTS;

const DUPLICATE_SHARE = 0.7;
const DUPLICATE_JITTER = 0.12;
/** Background proposals differ more among themselves than two looks at one object. */
const BACKGROUND_NOISE = 2;
const SHORTEST_BACKGROUND_SIDE = 40;

/**
 * A simulated detector: the objects of a scene, the place, duplicates and background proposals, most confident first,
 * each with a feature vector relu(sum of the codes of what it shows + bias + noise).
 */
export class Detector {
  readonly objectNames: readonly string[];
  readonly attributeNames: readonly string[];
  readonly #profile: MiniProfile;
  readonly #codes: ReadonlyMap<string, Float64Array>;
  readonly #bias: Float64Array;

  constructor(profile: MiniProfile) {
    this.#profile = profile;
    const kinds = profile.families.flatMap(({ classes }) => classes.map(({ name }) => name));
    const places = profile.places.map(({ name }) => name);
    const colors = profile.colors.map(({ name }) => name);
    this.objectNames = ["background", ...kinds, ...places];
    this.attributeNames = ["none", ...colors];
    const words: Readonly<Record<Aspect, readonly string[]>> = {
      kind: kinds,
      family: profile.families.map(({ name }) => name),
      color: colors,
      pattern: profile.patterns,
      size: profile.sizes,
      place: places,
    };
    this.#codes = codebook(words, profile.featureWidth);
    this.#bias = gaussianCode("bias", 0.5, profile.featureWidth);
  }

  /** What is detected in a scene: exactly `regionsPerImage` regions by falling confidence. */
  detect(scene: Scene, random: RandomStream): Region[] {
    const found = scene.objects.flatMap((object) => this.#detectObject(object, random));
    found.push(this.#region(wholeImage(), random.between(0.3, 0.6), scene.place, null, [scene.place], 1));
    while (found.length < this.#profile.regionsPerImage) {
      found.push(this.#region(backgroundBox(random), random.between(0.01, 0.3), "background", null, [], 1));
    }
    return found.sort((a, b) => b.confidence - a.confidence);
  }

  /** Write the feature vector of a region at `offset`: [featureWidth], non-negative. */
  fillFeatures(region: Region, random: RandomStream, into: Float32Array, offset: number): void {
    const { noise, featureWidth } = this.#profile;
    const signal = this.#bias.slice();
    for (const word of region.shows) {
      const code = this.#codes.get(word);
      if (code !== undefined)
        for (let i = 0; i < featureWidth; i++) signal[i] = (signal[i] as number) + (code[i] as number);
    }
    const spread = region.shows.length === 0 ? noise * BACKGROUND_NOISE : noise;
    for (let i = 0; i < featureWidth; i++) {
      let seen = Math.max(0, (signal[i] as number) + spread * random.normal());
      if (region.share < 1) {
        const behind = Math.max(0, (this.#bias[i] as number) + noise * BACKGROUND_NOISE * random.normal());
        seen = region.share * seen + (1 - region.share) * behind;
      }
      into[offset + i] = seen;
    }
  }

  #detectObject(object: SceneObject, random: RandomStream): Region[] {
    const { kind, color } = this.#mistake(object, random);
    const shows = [kind, object.family, color, object.pattern, object.size];
    const regions = [this.#region(object.box, random.between(0.6, 0.99), kind, color, shows, 1)];
    if (random.chance(this.#profile.duplicates)) {
      const box = jitter(object.box, random);
      regions.push(this.#region(box, random.between(0.3, 0.6), kind, color, shows, DUPLICATE_SHARE));
    }
    return regions;
  }

  /** What the detector takes an object for: now and then another kind of its family, or another colour. */
  #mistake({ kind, family, color }: SceneObject, random: RandomStream): { kind: string; color: string } {
    if (!random.chance(this.#profile.confusion)) return { kind, color };
    if (random.chance(0.5)) {
      const others = this.#profile.colors.filter(({ name }) => name !== color);
      return { kind, color: random.pick(others).name };
    }
    const siblings = this.#profile.families.find(({ name }) => name === family)?.classes ?? [];
    return { kind: random.pick(siblings.filter(({ name }) => name !== kind)).name, color };
  }

  #region(
    box: Box,
    confidence: number,
    object: string,
    attribute: string | null,
    shows: readonly string[],
    share: number,
  ): Region {
    const attributeId = this.attributeNames.indexOf(attribute ?? "none");
    return { box, confidence, objectId: this.objectNames.indexOf(object), attributeId, shows, share };
  }
}

/** One fixed code per word, the same for every seed and profile of one width: words keep their meaning. */
function codebook(words: Readonly<Record<Aspect, readonly string[]>>, width: number): Map<string, Float64Array> {
  const codes = new Map<string, Float64Array>();
  for (const aspect of Object.keys(CODE_WEIGHTS) as Aspect[]) {
    for (const word of words[aspect]) codes.set(word, gaussianCode(word, CODE_WEIGHTS[aspect], width));
  }
  return codes;
}

function gaussianCode(word: string, deviation: number, width: number): Float64Array {
  const random = RandomStream.named("mini-vqa", "code", word);
  return Float64Array.from({ length: width }, () => deviation * random.normal());
}

function wholeImage(): Box {
  return [0, 0, CANVAS.width, CANVAS.height];
}

function backgroundBox(random: RandomStream): Box {
  const width = SHORTEST_BACKGROUND_SIDE + random.integer(CANVAS.width / 2);
  const height = SHORTEST_BACKGROUND_SIDE + random.integer(CANVAS.height / 2);
  const x = random.integer(CANVAS.width - width + 1);
  const y = random.integer(CANVAS.height - height + 1);
  return [x, y, x + width, y + height];
}

/** The box with every side moved by up to 12 % of its length, kept inside the canvas. */
function jitter(box: Box, random: RandomStream): Box {
  const [width, height] = [box[2] - box[0], box[3] - box[1]];
  const moved = (value: number, side: number, limit: number): number =>
    Math.min(limit, Math.max(0, Math.round(value + random.between(-DUPLICATE_JITTER, DUPLICATE_JITTER) * side)));
  return [
    moved(box[0], width, CANVAS.width),
    moved(box[1], height, CANVAS.height),
    moved(box[2], width, CANVAS.width),
    moved(box[3], height, CANVAS.height),
  ];
}
