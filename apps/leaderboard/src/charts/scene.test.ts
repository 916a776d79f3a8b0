import { expect, test } from "vitest";
import { drawScene, sceneWords, type Scene } from "./scene.ts";

const SCENE: Scene = {
  place: "park",
  width: 640,
  height: 480,
  objects: [
    { kind: "dog", color: "red", pattern: "striped", box: [40, 100, 240, 300] },
    { kind: "<script>", color: '"><i', pattern: "plain", box: [300, 0, 400, 90] },
  ],
};

test("a scene has each object in its box, named, and says in words what is on it", () => {
  const svg = drawScene(SCENE, "q7");
  expect(svg).toContain('transform="translate(40 100) scale(2 2)"');
  expect(svg).toContain('<rect class="box" x="40" y="100" width="200" height="200"/>');
  expect(svg).toContain(">red dog</text>");
  expect(sceneWords({ ...SCENE, objects: SCENE.objects.slice(0, 1) })).toBe("park: red striped dog");
});

test("names stay in the picture and off each other", () => {
  const box = (left: number, top: number): [number, number, number, number] => [left, top, left + 60, top + 60];
  const close = [box(600, 200), box(590, 205), box(580, 196), box(4, 0)];
  const objects = close.map((one) => ({ kind: "umbrella", color: "orange", pattern: "plain", box: one }));
  const drawn = [
    ...drawScene({ ...SCENE, objects }, "q").matchAll(/<text class="box-name" x="([\d.]+)" y="([\d.]+)"/gu),
  ];
  const places = drawn.map(([, x, y]) => [Number(x), Number(y)] as const);
  expect(places).toHaveLength(4);
  for (const [x, y] of places) {
    expect(x).toBeLessThan(520);
    expect(y).toBeGreaterThan(15);
  }
  const heights = places.slice(0, 3).map(([, y]) => y);
  for (const [i, y] of heights.entries())
    for (const other of heights.slice(i + 1)) expect(Math.abs(y - other)).toBeGreaterThan(20);
});

test("patterns of two scenes on a page do not share an id", () => {
  const ids = ["q7", "q8"].map((id) => /<pattern id="([^"]*)"/u.exec(drawScene(SCENE, id))?.[1]);
  expect(ids).toEqual(["q7-0", "q8-0"]);
});

test("a kind, colour or place that is not known is drawn all the same, and stays words", () => {
  const svg = drawScene({ ...SCENE, place: "moon" }, "q");
  expect(svg).not.toMatch(/<script|<i/u);
  expect(svg).toContain("&lt;script&gt;");
});
