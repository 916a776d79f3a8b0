import type { MiniProfile } from "./profile.ts";
import type { RandomStream } from "./random.ts";

/** Size of every picture, in pixels. */
export const CANVAS = { width: 640, height: 480 } as const;

/** x1, y1, x2, y2 in whole pixels of the canvas. */
export type Box = readonly [x1: number, y1: number, x2: number, y2: number];

export interface SceneObject {
  readonly kind: string;
  readonly family: string;
  readonly color: string;
  readonly pattern: string;
  readonly size: string;
  readonly box: Box;
}

/** What a picture shows; the profile's words throughout. */
export interface Scene {
  readonly place: string;
  readonly objects: readonly SceneObject[];
}

/** Side lengths in pixels of small and large objects. */
const SIDES: Readonly<Record<string, readonly [number, number]>> = { small: [70, 100], large: [135, 185] };
const LARGEST_OVERLAP = 0.15;
const PLACING_ATTEMPTS = 60;
const REPEATED_CLASS = 0.35;

/** A scene as the profile describes it; objects that find no room are left out, but never below the fewest allowed. */
export function drawScene(profile: MiniProfile, random: RandomStream): Scene {
  const [fewest, most] = profile.objects;
  const wanted = fewest + random.integer(most - fewest + 1);
  for (;;) {
    const place = random.pick(profile.places).name;
    const objects: SceneObject[] = [];
    for (let i = 0; i < wanted; i++) {
      const placed = drawObject(profile, random, objects);
      if (placed) objects.push(placed);
    }
    if (objects.length >= fewest) return { place, objects };
  }
}

/** A new object beside the others, or null where it finds no room; 35 % of the time of a kind already there. */
export function drawObject(
  profile: MiniProfile,
  random: RandomStream,
  others: readonly SceneObject[],
): SceneObject | null {
  const repeated = others.length > 0 && random.chance(REPEATED_CLASS) ? random.pick(others) : null;
  const { kind, family } = repeated ?? drawKind(profile, random);
  const size = random.pick(profile.sizes);
  const box = findRoom(size, random, others);
  if (!box) return null;
  const color = random.pick(profile.colors).name;
  return { kind, family, color, pattern: random.pick(profile.patterns), size, box };
}

/** Any kind with its family. */
export function drawKind(profile: MiniProfile, random: RandomStream): { kind: string; family: string } {
  const family = random.pick(profile.families);
  return { kind: random.pick(family.classes).name, family: family.name };
}

/** A box of the given size that overlaps no other object by more than 15 % of the smaller of the two. */
export function findRoom(size: string, random: RandomStream, others: readonly SceneObject[]): Box | null {
  const [shortest, longest] = SIDES[size] ?? [70, 185];
  for (let attempt = 0; attempt < PLACING_ATTEMPTS; attempt++) {
    const width = shortest + random.integer(longest - shortest + 1);
    const height = shortest + random.integer(longest - shortest + 1);
    const x = random.integer(CANVAS.width - width + 1);
    const y = random.integer(CANVAS.height - height + 1);
    const box: Box = [x, y, x + width, y + height];
    if (others.every((other) => overlap(box, other.box) <= LARGEST_OVERLAP)) return box;
  }
  return null;
}

/** Intersection over the smaller box's area. */
export function overlap(a: Box, b: Box): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  return width <= 0 || height <= 0 ? 0 : (width * height) / Math.min(area(a), area(b));
}

/** Square pixels. */
export function area(box: Box): number {
  return (box[2] - box[0]) * (box[3] - box[1]);
}

/** The middle of a box, in pixels. */
export function center(box: Box): readonly [x: number, y: number] {
  return [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
}
