import { describe, expect, test } from "vitest";
import { BatchLoader } from "./batches.ts";
import { DataError } from "./error.ts";
import { generateMiniVqa } from "./mini/generate.ts";

const dataset = generateMiniVqa();
const train = dataset.split("train");
const nominival = dataset.split("nominival");
/** One id per word, between 101 and 102. */
const encode = (text: string): Int32Array => Int32Array.from([101, ...text.split(" ").map((word) => word.length), 102]);
const options = { batchSize: 32, regions: 8, encode };

describe("a batch", () => {
  const loader = new BatchLoader(dataset, train, options);
  const rows = Uint32Array.of(5, 4000, 17, 5);
  const batch = loader.batch(rows);

  test("holds the questions that were asked for, as long as its longest question", () => {
    const texts = [...rows].map((row) => encode(train.questions[row]!.text));
    const longest = Math.max(...texts.map(({ length }) => length));
    expect([batch.size, batch.tokenLength, batch.regions]).toEqual([4, longest, 8]);
    for (const [i, ids] of texts.entries()) {
      const padding = new Array<number>(longest - ids.length).fill(0);
      const at = [i * longest, (i + 1) * longest] as const;
      expect([...batch.tokens.subarray(...at)]).toEqual([...ids, ...padding]);
      expect([...batch.textMask.subarray(...at)]).toEqual([...ids.fill(1), ...padding]);
    }
  });

  test("holds each image's regions and each question's soft label in its row", () => {
    for (const [i, row] of rows.entries()) {
      const question = train.questions[row]!;
      const features = new Float32Array(8 * 64);
      const boxes = new Float32Array(8 * 4);
      dataset.fillRegions(question.imageId, 8, features, boxes, 0);
      expect(batch.features.subarray(i * 512, (i + 1) * 512)).toEqual(features);
      expect(batch.boxes.subarray(i * 32, (i + 1) * 32)).toEqual(boxes);
      const targets = new Float32Array(44);
      for (const [answer, score] of question.label) targets[answer] = score;
      expect(batch.targets.subarray(i * 44, (i + 1) * 44)).toEqual(targets);
    }
  });
});

describe("an epoch", () => {
  const loader = new BatchLoader(dataset, [train, nominival], options);

  test("joins splits and covers every question once, the last batch being short", () => {
    const seen = [...loader.batches()].flatMap(({ rows }) => [...rows]);
    expect(loader.questions).toHaveLength(4800);
    expect(seen).toEqual([...loader.questions.keys()]);
    expect(loader.questions[4320]).toBe(nominival.questions[0]);
  });

  test("by length covers every question once, near its place, and is padded least", () => {
    const order = loader.byLength();
    expect([...order].sort((a, b) => a - b)).toEqual([...loader.questions.keys()]);
    expect(order.every((question, place) => Math.floor(question / 512) === Math.floor(place / 512))).toBe(true);
    const padded = (rows?: Uint32Array): number =>
      [...loader.batches(rows)].reduce((sum, { tokens }) => sum + tokens.length, 0);
    const words = loader.questions.reduce((sum, { text }) => sum + encode(text).length, 0);
    expect(padded(order) - words).toBeLessThan((padded() - words) / 4);
  });

  test("follows the order given, and drops the short last batch on request", () => {
    const order = Uint32Array.from({ length: 70 }, (_, i) => 69 - i);
    const rows = (dropLast: boolean) => [...loader.batches(order, { dropLast })].map((batch) => [...batch.rows]);
    expect(rows(false).flat()).toEqual([...order]);
    expect(rows(false).map(({ length }) => length)).toEqual([32, 32, 6]);
    expect(rows(true).flat()).toEqual([...order.subarray(0, 64)]);
    expect([loader.batchCount(70), loader.batchCount(70, true)]).toEqual([3, 2]);
  });

  test("tokenises every question once, however many batches are made", () => {
    let calls = 0;
    const counting = new BatchLoader(dataset, nominival, { ...options, encode: (text) => (calls++, encode(text)) });
    for (let epoch = 0; epoch < 3; epoch++) for (const batch of counting.batches()) expect(batch.size).toBe(32);
    expect(calls).toBe(480);
  });

  test("refuses impossible sizes and questions", () => {
    expect(() => new BatchLoader(dataset, train, { ...options, batchSize: 0 })).toThrow(DataError);
    expect(() => new BatchLoader(dataset, train, { ...options, regions: 37 })).toThrow(/an image has 36/);
    expect(() => loader.batch(Uint32Array.of(4800))).toThrow(/question 4800, there are 4800/);
  });
});
