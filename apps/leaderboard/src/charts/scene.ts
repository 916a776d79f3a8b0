import type { DatasetCard } from "@ticketbench/results";
import { element, px, text } from "./svg.ts";
import { textWidth } from "./text-width.ts";

/** A drawn picture as a dataset card describes it: where it is, and what stands where. */
export type Scene = NonNullable<DatasetCard["scenes"]>[string];
type SceneObject = Scene["objects"][number];

const FILLS: Readonly<Record<string, string>> = {
  red: "#d62839",
  blue: "#2a6fdb",
  green: "#3a9d4b",
  yellow: "#f4c430",
  white: "#fafafa",
  black: "#2b2b2b",
  orange: "#f28c28",
  purple: "#8e44ad",
};

/** Above and below the horizon. */
const GROUNDS: Readonly<Record<string, readonly [string, string]>> = {
  beach: ["#bfe3f5", "#f0dfa8"],
  park: ["#cfeaf7", "#a9d18e"],
  street: ["#dfe4ea", "#b3b8be"],
  kitchen: ["#f6ead7", "#d8c6ad"],
};
const HORIZON = 0.6;

/** One outline a kind, on a square of 100; other kinds are drawn as a rounded block. */
const OUTLINES: Readonly<Record<string, string>> = {
  dog: "M12 52h50l6-26 10-10 4 12 14 6v10l-14 6-6 16v32h-10v-24h-34v24h-10v-30l-14-8z",
  cat: "M10 14q-6 30 12 44h34v-26l4-22 10 10h10l10-10 4 30q0 16-16 18v38h-10v-22h-32v22h-10v-24q-24-14-16-58z",
  horse: "M6 44q2-10 12-10h40l14-26 8-2 16 20-8 8-12-4-6 24v44h-8v-36h-36v36h-8v-40l-8 18h-4z",
  bird: "M4 40l28 6q14-18 34-14 8-14 22-8l10 8-12 4q0 34-30 38v20h-8v-20q-26-4-28-22z",
  car: "M4 72v-20l18-4 14-20h34l16 22 10 4v18h-10a12 12 0 0 0-24 0h-24a12 12 0 0 0-24 0z",
  boat: "M4 64h42v-58l40 46h-36v12h46l-16 28h-60z",
  bus: "M6 22q0-8 8-8h72q8 0 8 8v52h-10a10 10 0 0 0-20 0h-28a10 10 0 0 0-20 0h-10zM14 26v18h20v-18zM40 26v18h20v-18zM66 26v18h20v-18z",
  train: "M6 24h30v-14h14v14h44v48h-6a9 9 0 0 0-18 0h-10a9 9 0 0 0-18 0h-10a9 9 0 0 0-18 0h-8zM14 32v16h20v-16z",
  apple: "M50 32q0-18 14-26l6 4q-12 8-12 18 30-6 34 26 0 38-28 42h-28q-28-4-28-42 4-32 42-22z",
  pizza: "M6 20q44-26 88 0l-44 78zM40 34a6 6 0 1 0 .1 0zM62 42a6 6 0 1 0 .1 0zM48 60a6 6 0 1 0 .1 0z",
  cake: "M46 6h8v26h-8zM10 44q0-8 8-8h64q8 0 8 8v46h-80zM10 60h80v6h-80z",
  banana: "M8 18l14-8q-2 46 68 56l4 14q-78 8-86-62z",
  chair: "M18 4h14v46h50v46h-12v-34h-38v34h-14z",
  cup: "M12 16h58v12h8q16 2 16 18-2 20-26 22l-4 20h-44zM70 38l-2 18q14-2 16-10 0-8-8-8z",
  clock: "M50 6a44 44 0 1 0 .1 0zM46 22h8v26l18 14-5 6-21-16z",
  umbrella: "M4 52q46-88 92 0h-42v34q0 12-14 12v-8q6 0 6-6v-32z",
};
const BLOCK = "M12 8h76v84h-76z";

function paint(id: string, { color, pattern }: SceneObject): { fill: string; definition: string } {
  const fill = FILLS[color] ?? "#888";
  if (pattern === "plain") return { fill, definition: "" };
  const mark = color === "white" || color === "yellow" ? "#777" : "#fff";
  const marks =
    pattern === "striped"
      ? element("rect", { width: 7, height: 16, fill: mark, opacity: "0.75" })
      : element("circle", { cx: 8, cy: 8, r: 4, fill: mark, opacity: "0.85" });
  const tile = element("rect", { width: 16, height: 16, fill });
  const size = { width: 16, height: 16, patternUnits: "userSpaceOnUse" };
  return { fill: `url(#${id})`, definition: element("pattern", { id, ...size }, tile, marks) };
}

function drawObject(id: string, object: SceneObject): string {
  const [left, top, right, bottom] = object.box;
  const { fill, definition } = paint(id, object);
  const scale = [(right - left) / 100, (bottom - top) / 100].map((factor) => String(Number(factor.toFixed(3))));
  const shape = element("path", {
    d: OUTLINES[object.kind] ?? BLOCK,
    "fill-rule": "evenodd",
    fill,
    transform: `translate(${px(left)} ${px(top)}) scale(${scale.join(" ")})`,
    stroke: "#222",
    "stroke-width": 2,
    "vector-effect": "non-scaling-stroke",
  });
  return definition + shape;
}

const NAME_SIZE = 24;

interface Place {
  readonly left: number;
  /** Baseline of the words. */
  readonly y: number;
  readonly width: number;
}

function meet(a: Place, b: Place): boolean {
  return Math.abs(a.y - b.y) < NAME_SIZE && a.left < b.left + b.width && b.left < a.left + a.width;
}

/** Places for the name of a box, best first: over it, under it, beside it, at its top or bottom inside. */
function placesFor({ box: [left, top, right, bottom] }: SceneObject, words: number, { width, height }: Scene): Place[] {
  const over = (y: number): Place => ({ left: Math.max(2, Math.min(left, width - words - 2)), y, width: words });
  const middle = (top + bottom) / 2 + NAME_SIZE / 3;
  const beside = [right + 6, left - words - 6]
    .filter((start) => start >= 2 && start <= width - words - 2)
    .map((start): Place => ({ left: start, y: middle, width: words }));
  return [over(top - 6), over(bottom + 20), ...beside, over(top + 22), over(bottom - 6)].filter(
    ({ y }) => y > NAME_SIZE * 0.8 && y < height - 4,
  );
}

/** Where each name stands, kept in the picture and off other names. */
function placeNames(scene: Scene): Place[] {
  const taken: Place[] = [];
  for (const object of scene.objects) {
    const words = textWidth(`${object.color} ${object.kind}`, NAME_SIZE) * 1.06;
    const places = placesFor(object, words, scene);
    const free = places.find((place) => !taken.some((other) => meet(place, other)));
    taken.push(free ?? places[0] ?? { left: 2, y: object.box[1] + 22, width: words });
  }
  return taken;
}

function drawBox({ kind, color, box: [left, top, right, bottom] }: SceneObject, name: Place | undefined): string {
  const frame = { x: left, y: top, width: right - left, height: bottom - top };
  return (
    element("rect", { class: "box", ...frame }) +
    text(`${color} ${kind}`, { class: "box-name", x: name?.left ?? left, y: name?.y ?? top })
  );
}

/** What is on a picture, in words: "park: red striped dog, blue plain car". */
export function sceneWords({ place, objects }: Scene): string {
  return `${place}: ${objects.map(({ color, pattern, kind }) => `${color} ${pattern} ${kind}`).join(", ")}`;
}

/**
 * A scene as SVG markup, with the box and name of every object.
 *
 * @param id begins the ids inside of the picture; unlike every other picture's on the page
 */
export function drawScene(scene: Scene, id: string): string {
  const { place, width, height, objects } = scene;
  const [above, below] = GROUNDS[place] ?? ["#eee", "#ccc"];
  const names = placeNames(scene);
  return element(
    "svg",
    { class: "scene", viewBox: `0 0 ${px(width)} ${px(height)}`, role: "img", "aria-label": sceneWords(scene) },
    element("rect", { width, height, fill: above }),
    element("rect", { y: height * HORIZON, width, height: height * (1 - HORIZON), fill: below }),
    ...objects.map((object, index) => drawObject(`${id}-${String(index)}`, object)),
    element("g", { "aria-hidden": "true" }, ...objects.map((object, index) => drawBox(object, names[index]))),
  );
}
