import type { TemplateMix } from "./templates.ts";

/** A kind of object, with its plural and what an annotator might call it instead. */
export interface ObjectClass {
  readonly name: string;
  readonly plural: string;
  readonly synonym: string;
}

export interface Family {
  readonly name: string;
  readonly plural: string;
  readonly classes: readonly ObjectClass[];
}

/** A word and what an annotator might say instead. */
export interface Word {
  readonly name: string;
  readonly synonym: string;
}

export interface Place extends Word {
  /** "in" a park, "on" a street. */
  readonly preposition: string;
}

/** Everything that distinguishes one mini-VQA from another: data, no code. */
export interface MiniProfile {
  readonly name: MiniProfileName;
  readonly families: readonly Family[];
  readonly colors: readonly Word[];
  readonly patterns: readonly string[];
  readonly sizes: readonly string[];
  readonly places: readonly Place[];
  /** Fewest and most objects of a scene. */
  readonly objects: readonly [number, number];
  readonly templates: TemplateMix;
  readonly annotators: AnnotatorModel;
  readonly regionsPerImage: number;
  readonly defaultRegions: number;
  /** Chance that the detector proposes an object twice. */
  readonly duplicates: number;
  /** Standard deviation of the noise on every feature. */
  readonly noise: number;
  /** Chance that the detector mistakes an object's class (inside its family) or colour. */
  readonly confusion: number;
  readonly featureWidth: number;
}

export type MiniProfileName = "quick" | "standard" | "hard";
/** `mild`: each annotator agrees with probability .92; `real`: agreement as measured on VQA v2. */
export type AnnotatorModel = "mild" | "real";

const word = (name: string, synonym: string): Word => ({ name, synonym });
const kind = (name: string, plural: string, synonym: string): ObjectClass => ({ name, plural, synonym });

const ANIMALS = [
  kind("dog", "dogs", "puppy"),
  kind("cat", "cats", "kitten"),
  kind("horse", "horses", "pony"),
  kind("bird", "birds", "pigeon"),
];
const VEHICLES = [
  kind("car", "cars", "sedan"),
  kind("boat", "boats", "ship"),
  kind("bus", "buses", "coach"),
  kind("train", "trains", "locomotive"),
];
const FOODS = [
  kind("apple", "apples", "fruit"),
  kind("pizza", "pizzas", "pie"),
  kind("cake", "cakes", "dessert"),
  kind("banana", "bananas", "plantain"),
];
const THINGS = [
  kind("chair", "chairs", "seat"),
  kind("cup", "cups", "mug"),
  kind("clock", "clocks", "watch"),
  kind("umbrella", "umbrellas", "parasol"),
];
const COLORS = [
  word("red", "maroon"),
  word("blue", "navy"),
  word("green", "olive"),
  word("yellow", "gold"),
  word("white", "ivory"),
  word("black", "charcoal"),
  word("orange", "peach"),
  word("purple", "violet"),
];
const PLACES: readonly Place[] = [
  { ...word("beach", "ocean"), preposition: "on" },
  { ...word("park", "grass"), preposition: "in" },
  { ...word("street", "road"), preposition: "on" },
  { ...word("kitchen", "house"), preposition: "in" },
];
const PATTERNS = ["plain", "striped", "spotted"];
const SIZES = ["small", "large"];

/** The four families, each with its first `classes` members. */
function families(classes: number): Family[] {
  return [
    { name: "animal", plural: "animals", classes: ANIMALS.slice(0, classes) },
    { name: "vehicle", plural: "vehicles", classes: VEHICLES.slice(0, classes) },
    { name: "food", plural: "foods", classes: FOODS.slice(0, classes) },
    { name: "thing", plural: "things", classes: THINGS.slice(0, classes) },
  ];
}

/** Colours of objects and what has a colour are asked three times as often as what can be guessed more easily. */
const QUICK_TEMPLATES: TemplateMix = {
  "yes/no": { exist: 1, verifyColor: 1, isPlace: 1 },
  number: { count: 1 },
  other: { color: 3, whatColored: 3, whatFamily: 1, place: 1 },
};
const ALL_TEMPLATES: TemplateMix = {
  "yes/no": {
    ...QUICK_TEMPLATES["yes/no"],
    ...{ existColored: 1, verifyPattern: 1, relation: 1, more: 1, sameColor: 1, bigger: 1 },
  },
  number: { count: 1, countColored: 1, countFamily: 1 },
  other: {
    ...QUICK_TEMPLATES.other,
    ...{ colorSized: 1, colorFamily: 1, whatFood: 1, pattern: 1, where: 1, nextTo: 1, whatRelated: 1, whichBigger: 1 },
  },
};

/** The three profiles: how much there is to tell apart, how annotators disagree, how clearly is seen. */
export const MINI_PROFILES: Readonly<Record<MiniProfileName, MiniProfile>> = {
  quick: {
    name: "quick",
    families: families(2),
    colors: COLORS.slice(0, 5),
    patterns: PATTERNS,
    sizes: SIZES,
    places: PLACES.slice(0, 3),
    objects: [2, 4],
    templates: QUICK_TEMPLATES,
    annotators: "mild",
    regionsPerImage: 36,
    defaultRegions: 8,
    duplicates: 0,
    noise: 0.3,
    confusion: 0.02,
    featureWidth: 64,
  },
  standard: {
    name: "standard",
    families: families(3),
    colors: COLORS.slice(0, 6),
    patterns: PATTERNS,
    sizes: SIZES,
    places: PLACES,
    objects: [2, 5],
    templates: ALL_TEMPLATES,
    annotators: "real",
    regionsPerImage: 36,
    defaultRegions: 12,
    duplicates: 0.3,
    noise: 0.3,
    confusion: 0.02,
    featureWidth: 64,
  },
  hard: {
    name: "hard",
    families: families(4),
    colors: COLORS,
    patterns: PATTERNS,
    sizes: SIZES,
    places: PLACES,
    objects: [3, 7],
    templates: ALL_TEMPLATES,
    annotators: "real",
    regionsPerImage: 36,
    defaultRegions: 24,
    duplicates: 0.75,
    noise: 0.45,
    confusion: 0.04,
    featureWidth: 128,
  },
};
