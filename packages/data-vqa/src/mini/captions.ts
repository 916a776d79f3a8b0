import type { MiniProfile } from "./profile.ts";
import type { RandomStream } from "./random.ts";
import { center, type Scene, type SceneObject } from "./scene.ts";

const COUNT_WORDS = ["no", "a", "two", "three", "four", "five", "six", "seven"];

/** Two sentences about a scene: how two of its objects lie to each other, and what there is of each kind. */
export function describe(scene: Scene, profile: MiniProfile, random: RandomStream): string[] {
  return [relationSentence(scene, profile, random), inventorySentence(scene, profile)];
}

function relationSentence(scene: Scene, profile: MiniProfile, random: RandomStream): string {
  const first = random.pick(scene.objects);
  const others = scene.objects.filter((object) => object !== first);
  const subject = phrase(first, random);
  if (others.length === 0) return `${subject} ${whereabouts(scene, profile)}`;
  const second = random.pick(others);
  return `${subject} ${relation(first, second)} ${phrase(second, random)} ${whereabouts(scene, profile)}`;
}

function inventorySentence(scene: Scene, profile: MiniProfile): string {
  const parts = profile.families
    .flatMap(({ classes }) => classes)
    .map(({ name, plural }) => ({ name, plural, count: scene.objects.filter(({ kind }) => kind === name).length }))
    .filter(({ count }) => count > 0)
    .map(({ name, plural, count }) => (count === 1 ? withArticle(name) : `${COUNT_WORDS[count] ?? count} ${plural}`));
  const last = parts.pop() ?? "nothing";
  const list = parts.length === 0 ? last : `${parts.join(" , ")} and ${last}`;
  return `${list} ${whereabouts(scene, profile)}`;
}

/** The object with one to three of its properties. */
function phrase({ kind, color, pattern, size }: SceneObject, random: RandomStream): string {
  const words = [random.chance(0.5) ? size : null, color, pattern === "plain" || random.chance(0.5) ? null : pattern];
  return withArticle([...words.filter((word) => word !== null), kind].join(" "));
}

function withArticle(words: string): string {
  return `${/^[aeiou]/.test(words) ? "an" : "a"} ${words}`;
}

function relation(a: SceneObject, b: SceneObject): string {
  const [dx, dy] = [center(a.box)[0] - center(b.box)[0], center(a.box)[1] - center(b.box)[1]];
  if (Math.abs(dx) >= Math.abs(dy)) return dx < 0 ? "to the left of" : "to the right of";
  return dy < 0 ? "above" : "below";
}

function whereabouts({ place }: Scene, profile: MiniProfile): string {
  const preposition = profile.places.find(({ name }) => name === place)?.preposition ?? "in";
  return `${preposition} ${withArticle(place)}`;
}
