import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { placeLabels, type Box, type LabelledLine, type Place } from "./place-labels.ts";

const AREA: Box = { left: 0, top: 0, right: 600, bottom: 400 };

const line = fc
  .tuple(fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 9 }), fc.integer({ min: 20, max: 200 }))
  .map(([heights, width]) => ({
    points: heights.map((y, i): Place => ({ x: 20 + (i * 560) / heights.length, y })),
    width,
    height: 18,
  }));

function boxOf(label: Place, line: LabelledLine): Box {
  const bottom = label.y + line.height * 0.24;
  return { left: label.x, right: label.x + line.width, top: bottom - line.height, bottom };
}

test("names stand inside the area, never on each other and never on another line's points", () => {
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 6 }), (drawn) => {
      const lines = drawn.map((one, index): LabelledLine => ({ ...one, id: String(index) }));
      const labels = placeLabels(lines, AREA);
      const boxes = labels.map((label) => {
        const own = lines.find(({ id }) => id === label.id);
        if (!own) throw new Error("a name of no line");
        return { id: label.id, box: boxOf(label, own) };
      });
      for (const { id, box } of boxes) {
        expect(box.left).toBeGreaterThanOrEqual(AREA.left);
        expect(box.right).toBeLessThanOrEqual(AREA.right);
        expect(box.top).toBeGreaterThanOrEqual(AREA.top - 1e-9);
        expect(box.bottom).toBeLessThanOrEqual(AREA.bottom + 1e-9);
        for (const other of boxes.filter((candidate) => candidate.id !== id)) {
          const apart =
            box.left >= other.box.right ||
            other.box.left >= box.right ||
            box.top >= other.box.bottom - 1e-9 ||
            other.box.top >= box.bottom - 1e-9;
          expect(apart).toBe(true);
        }
        for (const point of lines.filter((candidate) => candidate.id !== id).flatMap(({ points }) => points)) {
          const inside = point.x > box.left && point.x < box.right && point.y > box.top && point.y < box.bottom;
          expect(inside).toBe(false);
        }
      }
    }),
    { numRuns: 60 },
  );
});

describe("a name", () => {
  const flat = (id: string, y: number): LabelledLine => ({
    id,
    points: [20, 580].map((x) => ({ x, y })),
    width: 90,
    height: 18,
  });

  test("is nearest to its own line, so that nobody reads it as another's", () => {
    const labels = placeLabels([flat("near", 200), flat("below", 214)], AREA);
    expect(labels.find(({ id }) => id === "near")?.y).toBeLessThan(200);
    expect(labels.find(({ id }) => id === "below")?.y).toBeGreaterThan(214);
    expect(labels.map(({ leader }) => leader)).toEqual([null, null]);
  });

  test("of a line between two others leads to it", () => {
    const labels = placeLabels([flat("above", 194), flat("between", 200), flat("below", 206)], AREA);
    const leader = labels.find(({ id }) => id === "between")?.leader;
    expect(leader?.[1].y).toBe(200);
    expect(
      labels
        .filter((label) => label.leader === null)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(["above", "below"]);
  });
});

test("a lone line is always named", () => {
  const points = [0.1, 0.5, 0.9].map((x) => ({ x: x * 600, y: 200 }));
  expect(placeLabels([{ id: "a", points, width: 90, height: 18 }], AREA)).toHaveLength(1);
});
