import type { MiniProfile, ObjectClass } from "./profile.ts";
import type { RandomStream } from "./random.ts";
import { area, CANVAS, center, type Scene, type SceneObject } from "./scene.ts";

/** A question with the rule that answers it on any scene; null where the scene leaves it ambiguous. */
export interface Ask {
  readonly text: string;
  readonly answer: (scene: Scene) => string | null;
}

/** Makes one question of its kind about a scene, or null where the scene gives no occasion for it. */
type Template = (scene: Scene, profile: MiniProfile, random: RandomStream) => Ask | null;

/** Centres must lie this far apart, in pixels, before one is called left of or above the other. */
const CLEARLY_APART = 24;
/** Areas must differ by this factor before one object is called bigger. */
const CLEARLY_BIGGER = 1.3;

const RELATIONS = {
  "to the left of": (a, b) => center(b.box)[0] - center(a.box)[0],
  "to the right of": (a, b) => center(a.box)[0] - center(b.box)[0],
  above: (a, b) => center(b.box)[1] - center(a.box)[1],
  below: (a, b) => center(a.box)[1] - center(b.box)[1],
} as const satisfies Record<string, (a: SceneObject, b: SceneObject) => number>;
const RELATION_NAMES = Object.keys(RELATIONS) as (keyof typeof RELATIONS)[];

const YES_NO = {
  exist(_scene, profile, random) {
    const { name, plural } = pickClass(profile, random);
    return { text: `are there any ${plural} in the picture ?`, answer: (s) => yesNo(ofKind(s, name).length > 0) };
  },
  existColored(scene, profile, random) {
    const color = random.pick(scene.objects).color;
    const { name } = pickClass(profile, random);
    const text = `is there ${article(color)} ${color} ${name} ?`;
    return { text, answer: (s) => yesNo(ofKind(s, name).some((object) => object.color === color)) };
  },
  verifyColor(scene, profile, random) {
    const kind = random.pick(scene.objects).kind;
    const color = random.pick(profile.colors).name;
    return { text: `is the ${kind} ${color} ?`, answer: onlyKind(kind, (object) => yesNo(object.color === color)) };
  },
  verifyPattern(scene, profile, random) {
    const kind = random.pick(scene.objects).kind;
    const pattern = random.pick(profile.patterns);
    return {
      text: `is the ${kind} ${pattern} ?`,
      answer: onlyKind(kind, (object) => yesNo(object.pattern === pattern)),
    };
  },
  relation(scene, _profile, random) {
    const pair = pickPair(scene, random);
    if (!pair) return null;
    const relation = random.pick(RELATION_NAMES);
    const answer = onlyPair(pair, (a, b) => clearly(RELATIONS[relation](a, b)));
    return { text: `is the ${pair[0]} ${relation} the ${pair[1]} ?`, answer };
  },
  more(scene, profile, random) {
    const a = classOf(profile, random.pick(scene.objects).kind);
    const b = pickClass(profile, random);
    if (a.name === b.name) return null;
    const answer = (s: Scene) => yesNo(ofKind(s, a.name).length > ofKind(s, b.name).length);
    return { text: `are there more ${a.plural} than ${b.plural} ?`, answer };
  },
  sameColor(scene, _profile, random) {
    const pair = pickPair(scene, random);
    if (!pair) return null;
    const answer = onlyPair(pair, (a, b) => yesNo(a.color === b.color));
    return { text: `are the ${pair[0]} and the ${pair[1]} the same color ?`, answer };
  },
  isPlace(_scene, profile, random) {
    const place = random.pick(profile.places).name;
    return { text: `is this a ${place} ?`, answer: (s) => yesNo(s.place === place) };
  },
  bigger(scene, _profile, random) {
    const pair = pickPair(scene, random);
    if (!pair) return null;
    const answer = onlyPair(pair, (a, b) => {
      const bigger = biggerOf(a, b);
      return bigger && yesNo(bigger === a);
    });
    return { text: `is the ${pair[0]} bigger than the ${pair[1]} ?`, answer };
  },
} as const satisfies Record<string, Template>;

const NUMBER = {
  count(scene, profile, random) {
    const { name, plural } = classOf(profile, random.pick(scene.objects).kind);
    return { text: `how many ${plural} are there ?`, answer: (s) => String(ofKind(s, name).length) };
  },
  countColored(scene, _profile, random) {
    const color = random.pick(scene.objects).color;
    const answer = (s: Scene) => String(s.objects.filter((object) => object.color === color).length);
    return { text: `how many ${color} objects are there ?`, answer };
  },
  countFamily(scene, profile, random) {
    const family = random.pick(scene.objects).family;
    const plural = profile.families.find(({ name }) => name === family)?.plural ?? family;
    return { text: `how many ${plural} are in the picture ?`, answer: (s) => String(ofFamily(s, family).length) };
  },
} as const satisfies Record<string, Template>;

const OTHER = {
  color(scene, _profile, random) {
    const kind = random.pick(scene.objects).kind;
    return { text: `what color is the ${kind} ?`, answer: onlyKind(kind, (object) => object.color) };
  },
  colorSized(scene, _profile, random) {
    const { kind, size } = random.pick(scene.objects);
    const answer = (s: Scene) => only(ofKind(s, kind).filter((object) => object.size === size))?.color ?? null;
    return { text: `what color is the ${size} ${kind} ?`, answer };
  },
  colorFamily(scene, _profile, random) {
    const family = random.pick(scene.objects).family;
    return { text: `what color is the ${family} ?`, answer: (s) => only(ofFamily(s, family))?.color ?? null };
  },
  whatColored(scene, _profile, random) {
    const color = random.pick(scene.objects).color;
    const answer = (s: Scene) => only(s.objects.filter((object) => object.color === color))?.kind ?? null;
    return { text: `what is the ${color} object ?`, answer };
  },
  whatFamily(scene, _profile, random) {
    const family = random.pick(scene.objects).family;
    return { text: `what ${family} is in the picture ?`, answer: (s) => only(ofFamily(s, family))?.kind ?? null };
  },
  whatFood() {
    return { text: "what food is this ?", answer: (s) => only(ofFamily(s, "food"))?.kind ?? null };
  },
  pattern(scene, _profile, random) {
    const kind = random.pick(scene.objects).kind;
    return { text: `what pattern is on the ${kind} ?`, answer: onlyKind(kind, (object) => object.pattern) };
  },
  place() {
    return { text: "where was this picture taken ?", answer: (s) => s.place };
  },
  where(scene, _profile, random) {
    const kind = random.pick(scene.objects).kind;
    return { text: `where is the ${kind} ?`, answer: onlyKind(kind, (object) => side(center(object.box)[0])) };
  },
  nextTo(scene, _profile, random) {
    const kind = random.pick(scene.objects).kind;
    return { text: `what is next to the ${kind} ?`, answer: (s) => nearest(s, only(ofKind(s, kind)))?.kind ?? null };
  },
  whatRelated(scene, _profile, random) {
    const kind = random.pick(scene.objects).kind;
    const relation = random.pick(RELATION_NAMES);
    const answer = (s: Scene) => {
      const anchor = only(ofKind(s, kind));
      if (!anchor) return null;
      return only(s.objects.filter((object) => RELATIONS[relation](object, anchor) > CLEARLY_APART))?.kind ?? null;
    };
    return { text: `what is ${relation} the ${kind} ?`, answer };
  },
  whichBigger(scene, _profile, random) {
    const pair = pickPair(scene, random);
    if (!pair) return null;
    const answer = onlyPair(pair, (a, b) => biggerOf(a, b)?.kind ?? null);
    return { text: `which is bigger , the ${pair[0]} or the ${pair[1]} ?`, answer };
  },
} as const satisfies Record<string, Template>;

/** All templates by name; a profile says which it uses for each answer type, and how often. */
export type TemplateName = keyof typeof YES_NO | keyof typeof NUMBER | keyof typeof OTHER;
/** All question templates by name. */
export const TEMPLATES: Readonly<Record<TemplateName, Template>> = { ...YES_NO, ...NUMBER, ...OTHER };

/** How often each template of an answer type is drawn, relative to the others of that type. */
export interface TemplateMix {
  readonly "yes/no": Readonly<Partial<Record<keyof typeof YES_NO, number>>>;
  readonly number: Readonly<Partial<Record<keyof typeof NUMBER, number>>>;
  readonly other: Readonly<Partial<Record<keyof typeof OTHER, number>>>;
}

function yesNo(holds: boolean): string {
  return holds ? "yes" : "no";
}

function article(word: string): string {
  return /^[aeiou]/.test(word) ? "an" : "a";
}

function pickClass(profile: MiniProfile, random: RandomStream): ObjectClass {
  return random.pick(random.pick(profile.families).classes);
}

function classOf(profile: MiniProfile, name: string): ObjectClass {
  const found = profile.families.flatMap((family) => family.classes).find((kind) => kind.name === name);
  if (!found) throw new RangeError(`profile ${profile.name} has no class ${name}`);
  return found;
}

function ofKind(scene: Scene, kind: string): SceneObject[] {
  return scene.objects.filter((object) => object.kind === kind);
}

function ofFamily(scene: Scene, family: string): SceneObject[] {
  return scene.objects.filter((object) => object.family === family);
}

/** The single member of a list: what "the" refers to. */
function only(objects: readonly SceneObject[]): SceneObject | null {
  return objects.length === 1 ? (objects[0] ?? null) : null;
}

/** Answers about the one object of a kind. */
function onlyKind(kind: string, answer: (object: SceneObject) => string | null): Ask["answer"] {
  return (scene) => {
    const object = only(ofKind(scene, kind));
    return object && answer(object);
  };
}

/** Answers about two objects, each the only one of its kind. */
function onlyPair(
  [first, second]: readonly [string, string],
  answer: (a: SceneObject, b: SceneObject) => string | null,
): Ask["answer"] {
  return (scene) => {
    const a = only(ofKind(scene, first));
    const b = only(ofKind(scene, second));
    return a && b && answer(a, b);
  };
}

function pickPair(scene: Scene, random: RandomStream): readonly [string, string] | null {
  const [a, b] = [random.pick(scene.objects).kind, random.pick(scene.objects).kind];
  return a === b ? null : [a, b];
}

function clearly(distance: number): string | null {
  return Math.abs(distance) < CLEARLY_APART ? null : yesNo(distance > 0);
}

function biggerOf(a: SceneObject, b: SceneObject): SceneObject | null {
  if (area(a.box) >= CLEARLY_BIGGER * area(b.box)) return a;
  return area(b.box) >= CLEARLY_BIGGER * area(a.box) ? b : null;
}

function side(x: number): string {
  const third = CANVAS.width / 3;
  return x < third ? "left" : x < 2 * third ? "middle" : "right";
}

function nearest(scene: Scene, anchor: SceneObject | null): SceneObject | null {
  if (!anchor) return null;
  const distance = (object: SceneObject): number => {
    const [dx, dy] = [0, 1].map((axis) => (center(object.box)[axis] ?? 0) - (center(anchor.box)[axis] ?? 0));
    return (dx ?? 0) * (dx ?? 0) + (dy ?? 0) * (dy ?? 0);
  };
  const others = scene.objects.filter((object) => object !== anchor);
  const [first] = others.sort((a, b) => distance(a) - distance(b));
  return first ?? null;
}
