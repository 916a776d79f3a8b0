import { softLabel, majorityAnswer } from "../label.ts";
import type { AnswerType, Question } from "../question.ts";
import { MINI_QUESTION_TYPES, questionType } from "../question-type.ts";
import { annotate, type Confusions } from "./annotators.ts";
import { complementaryScene } from "./edit.ts";
import type { MiniProfile } from "./profile.ts";
import type { RandomStream } from "./random.ts";
import { drawScene, type Scene } from "./scene.ts";
import { type Ask, TEMPLATES, type TemplateName } from "./templates.ts";

/** Base scenes of each split; each carries four questions, asked again on four complementary scenes. */
const BASE_SCENES = { pretrain: 1600, train: 540, nominival: 60, minival: 200, test: 100 } as const;
export type SplitName = keyof typeof BASE_SCENES;
/** All splits, in the order in which they are written. */
export const SPLIT_NAMES = Object.keys(BASE_SCENES) as SplitName[];
const QUESTIONS_PER_SCENE = 4;

/** The mix of answer types in VQA v2. */
const TYPE_MIX: Readonly<Record<AnswerType, number>> = { "yes/no": 0.38, number: 0.12, other: 0.5 };
/** Image numbers of split s begin at s million, so that no two splits share a question id. */
const NUMBERS_PER_SPLIT = 1_000_000;
const QUESTIONS_PER_IMAGE = 1000;

export interface MiniImage {
  readonly id: string;
  readonly number: number;
  readonly scene: Scene;
}

/** What the questions of every split are made from. */
export interface World {
  readonly profile: MiniProfile;
  readonly confusions: Confusions;
  /** Answer text to index. */
  readonly vocabulary: ReadonlyMap<string, number>;
}

/** One question asked on two scenes that answer it differently. */
interface Pair {
  readonly ask: Ask;
  readonly type: AnswerType;
  readonly complement: Scene;
}

/** All images and questions of a split, the halves of a pair next to each other. */
export function drawSplit(
  split: SplitName,
  world: World,
  random: RandomStream,
): { images: MiniImage[]; questions: Question[] } {
  const images: MiniImage[] = [];
  const questions: Question[] = [];
  const addImage = (scene: Scene): MiniImage => {
    const image = makeImage(split, images.length, scene);
    images.push(image);
    return image;
  };
  const ask = (pair: Pair, image: MiniImage, position: number, stream: RandomStream): void => {
    const asked = describeQuestion(image, position, pair);
    questions.push(split === "test" ? withheld(asked) : answered(asked, image.scene, pair, world, stream));
  };
  for (let base = 0; base < BASE_SCENES[split]; base++) {
    const stream = random.child(base);
    const { scene, pairs } = drawPairs(world.profile, stream);
    const first = addImage(scene);
    for (const [k, pair] of pairs.entries()) {
      const second = addImage(pair.complement);
      ask(pair, first, k, stream);
      ask(pair, second, 0, stream);
    }
  }
  return { images, questions };
}

/** Which image of which split an id names, from 0; null where it is none of ours. */
export function parseImageId(imageId: string): { split: SplitName; index: number } | null {
  const match = /^MINI_([a-z]+)_(\d{12})$/.exec(imageId);
  const split = SPLIT_NAMES.find((name) => name === match?.[1]);
  return split ? { split, index: Number(match?.[2]) - firstNumber(split) } : null;
}

function makeImage(split: SplitName, index: number, scene: Scene): MiniImage {
  const number = firstNumber(split) + index;
  return { id: `MINI_${split}_${String(number).padStart(12, "0")}`, number, scene };
}

function firstNumber(split: SplitName): number {
  return SPLIT_NAMES.indexOf(split) * NUMBERS_PER_SPLIT + 1;
}

/** A scene with four different questions that all have a complementary scene, their types drawn from the mix. */
function drawPairs(profile: MiniProfile, random: RandomStream): { scene: Scene; pairs: Pair[] } {
  const types = Array.from({ length: QUESTIONS_PER_SCENE }, () => random.weighted(TYPE_MIX));
  for (;;) {
    const scene = drawScene(profile, random);
    const pairs: Pair[] = [];
    for (const type of types) {
      const pair = drawPair(type, scene, pairs, profile, random);
      if (!pair) break;
      pairs.push(pair);
    }
    if (pairs.length === types.length) return { scene, pairs };
  }
}

/** Templates tried for one question, and tries of each on a scene, before the scene is given up. */
const TEMPLATE_DRAWS = 3;
const TRIES_PER_TEMPLATE = 12;

/** A question of this type that is not among `earlier`, with a complementary scene. */
function drawPair(
  type: AnswerType,
  scene: Scene,
  earlier: readonly Pair[],
  profile: MiniProfile,
  random: RandomStream,
): Pair | null {
  for (let draw = 0; draw < TEMPLATE_DRAWS; draw++) {
    const template = TEMPLATES[random.weighted<TemplateName>(profile.templates[type])];
    for (let attempt = 0; attempt < TRIES_PER_TEMPLATE; attempt++) {
      const ask = template(scene, profile, random);
      if (!ask || ask.answer(scene) === null || earlier.some((pair) => pair.ask.text === ask.text)) continue;
      const complement = complementaryScene(scene, ask.answer, profile, random);
      if (complement) return { ask, type, complement };
    }
  }
  return null;
}

type Asked = Pick<Question, "id" | "imageId" | "text" | "questionType">;

function describeQuestion(image: MiniImage, position: number, { ask }: Pair): Asked {
  const id = image.number * QUESTIONS_PER_IMAGE + position;
  return { id, imageId: image.id, text: ask.text, questionType: questionType(ask.text, MINI_QUESTION_TYPES) };
}

function answered(asked: Asked, scene: Scene, { ask, type }: Pair, world: World, random: RandomStream): Question {
  const truth = ask.answer(scene);
  if (truth === null) throw new RangeError(`question ${asked.id} has no answer on its own scene`);
  const answers = annotate(truth, type, world.profile.annotators, world.confusions, random);
  const label = softLabel(answers, world.vocabulary);
  return { ...asked, answerType: type, answers, majorityAnswer: majorityAnswer(answers), label };
}

/** A question as a challenge's test split shows it. */
function withheld(asked: Asked): Question {
  return { ...asked, answerType: "other", answers: [], majorityAnswer: null, label: [] };
}
