import type { MiniProfile } from "./profile.ts";
import type { RandomStream } from "./random.ts";
import { drawKind, drawObject, findRoom, type Scene, type SceneObject } from "./scene.ts";

/** How often each kind of edit is tried. */
const EDITS = { recolor: 28, changeKind: 20, changePlace: 12, move: 12, remove: 10, repattern: 8, add: 8, resize: 6 };
type Edit = keyof typeof EDITS;

/** Single edits tried before a second one is put on top of the first, and before giving up. */
const SINGLE_ATTEMPTS = 60;
const DOUBLE_ATTEMPTS = 60;

/**
 * The other half of a complementary pair (Goyal et al., CVPR 2017): a scene like the given one in which `answer` has
 * another, well-defined answer; null where random edits do not find one.
 */
export function complementaryScene(
  scene: Scene,
  answer: (scene: Scene) => string | null,
  profile: MiniProfile,
  random: RandomStream,
): Scene | null {
  const original = answer(scene);
  for (let attempt = 0; attempt < SINGLE_ATTEMPTS + DOUBLE_ATTEMPTS; attempt++) {
    let edited = editScene(scene, profile, random);
    if (edited && attempt >= SINGLE_ATTEMPTS) edited = editScene(edited, profile, random);
    if (!edited) continue;
    const changed = answer(edited);
    if (changed !== null && changed !== original) return edited;
  }
  return null;
}

function editScene(scene: Scene, profile: MiniProfile, random: RandomStream): Scene | null {
  const edit: Edit = random.weighted(EDITS);
  if (edit === "changePlace") return { ...scene, place: other(profile.places.map(nameOf), scene.place, random) };
  if (edit === "add") return addObject(scene, profile, random);
  const index = random.integer(scene.objects.length);
  const object = scene.objects[index];
  if (!object) return null;
  const rest = scene.objects.toSpliced(index, 1);
  if (edit === "remove") return rest.length === 0 ? null : { ...scene, objects: rest };
  const edited = editObject(object, edit, rest, profile, random);
  return edited && { ...scene, objects: scene.objects.with(index, edited) };
}

function addObject(scene: Scene, profile: MiniProfile, random: RandomStream): Scene | null {
  if (scene.objects.length >= profile.objects[1]) return null;
  const added = drawObject(profile, random, scene.objects);
  return added && { ...scene, objects: [...scene.objects, added] };
}

function editObject(
  object: SceneObject,
  edit: Exclude<Edit, "changePlace" | "add" | "remove">,
  rest: readonly SceneObject[],
  profile: MiniProfile,
  random: RandomStream,
): SceneObject | null {
  switch (edit) {
    case "recolor":
      return { ...object, color: other(profile.colors.map(nameOf), object.color, random) };
    case "repattern":
      return { ...object, pattern: other(profile.patterns, object.pattern, random) };
    case "changeKind": {
      const changed = drawKind(profile, random);
      return changed.kind === object.kind ? null : { ...object, ...changed };
    }
    case "move": {
      const box = findRoom(object.size, random, rest);
      return box && { ...object, box };
    }
    case "resize": {
      const size = other(profile.sizes, object.size, random);
      const box = findRoom(size, random, rest);
      return box && { ...object, size, box };
    }
  }
}

function other(words: readonly string[], current: string, random: RandomStream): string {
  return random.pick(words.filter((word) => word !== current));
}

function nameOf(word: { readonly name: string }): string {
  return word.name;
}
