import { expect, test } from "vitest";
import { drawCurveChart, type Curve, type CurveChart } from "./curve-chart.ts";
import { markerPath } from "./marker.ts";

/** Curves that lie on each other: there is no room for all their names. */
function crowd(count: number, name = "Method"): CurveChart {
  const curves = Array.from({ length: count }, (_, style): Curve => {
    const points = [0.1, 0.3, 0.5, 0.7, 0.9].map((x) => ({
      x,
      mean: 0.85 - 0.3 * x ** 4 + style * 0.0005,
      interval: null,
      n: 3,
      spoken: "",
      href: null,
      onFront: false,
    }));
    return { id: `m${String(style)}`, title: `${name} ${String(style)} & co`, style, dashed: false, points };
  });
  return {
    title: "Accuracy",
    description: "",
    curves,
    levels: [],
    xTitle: "removed",
    ticksAtPoints: true,
    formatX: String,
    formatY: String,
    front: false,
  };
}

const WIDTHS = [280, 336, 640, 1060];

test.each(WIDTHS.flatMap((width) => [1, 4, 8, 12, 13, 25].map((count) => [width, count] as const)))(
  "at %d pixels each of %d curves has one name: beside it, or in a row under the chart with its marker",
  (width, count) => {
    const { curves } = crowd(count);
    const drawn = drawCurveChart(crowd(count), width);
    const beside = [...drawn.matchAll(/<text class="label name [^>]*>([^<]*)</gu)].map(([, words]) => words);
    const under = [...drawn.matchAll(/<g class="entry series-\d">(.*?)<\/g>/gu)].map(([, entry = ""]) => entry);
    expect(beside.length + under.length).toBe(count);
    for (const { title, style } of curves) {
      const written = title.replace("&", "&amp;");
      const entry = under.find((one) => one.includes(`>${written}<`));
      expect(entry === undefined).toBe(beside.includes(written));
      if (entry !== undefined) expect(entry).toContain(` d="${markerPath(style, 58)}"`);
    }
  },
);

test.each(WIDTHS)("the rows under the chart stay inside it at %d pixels", (width) => {
  const drawn = drawCurveChart(crowd(25), width);
  const height = Number(/ height="([\d.]+)"/u.exec(drawn)?.[1]);
  const places = [...drawn.matchAll(/<g class="entry [^>]*>.*?<text x="([\d.]+)" y="([\d.]+)">([^<]*)/gu)];
  expect(places).toHaveLength(25);
  for (const [, x, y, words = ""] of places) {
    expect(Number(x) + words.length * 5).toBeLessThan(width);
    expect(Number(y)).toBeLessThan(height);
  }
});

test("a curve that differs from another by its dashes alone differs by them under the chart too", () => {
  const chart = crowd(25);
  const curves = chart.curves.map((curve, index) => ({ ...curve, style: 0, dashed: index === 3 }));
  const entries = drawCurveChart({ ...chart, curves }, 336)
    .split('<g class="entry')
    .slice(1);
  expect(
    entries.filter((entry) => entry.includes("line dashed")).map((entry) => />([^<>]+)<\/text>/u.exec(entry)?.[1]),
  ).toEqual(["Method 3 &amp; co"]);
  expect(drawCurveChart({ ...chart, scattered: true }, 336)).not.toMatch(/class="line/u);
});

test("a title cannot turn its own letters around", () => {
  const drawn = drawCurveChart(crowd(1, "\u202eevil"), 640);
  expect(drawn).toMatch(/>evil 0 &amp; co<\/text>/u);
});

test("titles that would be cut to the same words stand in full under the chart", () => {
  const drawn = drawCurveChart(crowd(2, "A method with a long name, variant"), 336);
  expect(drawn).not.toContain("label name");
  expect([...drawn.matchAll(/class="entry /gu)]).toHaveLength(2);
  expect(drawn).toContain(">A method with a long name, variant 1 &amp; co<");
});
