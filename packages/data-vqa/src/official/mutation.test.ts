import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { BatchLoader } from "../batches.ts";
import { checkPath } from "../check/path.ts";
import type { VqaDataset } from "../dataset.ts";
import { DataError } from "../error.ts";
import { normalisedBoxes, type RegionRow, readRegionTsv } from "../regions/tsv.ts";
import { FILES, writeWholeFiles } from "../testing/whole-folder.ts";
import { evaluateOfficial } from "./evaluate.ts";
import { openVqaFolder } from "./folder.ts";
import { readPredictions } from "./predictions.ts";
import { readAnnotations } from "./records.ts";

const pristine = mkdtempSync(join(tmpdir(), "whole-"));
const scratch = mkdtempSync(join(tmpdir(), "mutated-"));
afterAll(() => [pristine, scratch].forEach((folder) => rmSync(folder, { recursive: true })));

writeWholeFiles(pristine);
cpSync(pristine, scratch, { recursive: true, preserveTimestamps: true });

/** One thing that can happen to a file on its way. */
const { features: FEATURES, ...JSON_FILES } = FILES;
const mutationOf = (...files: string[]) =>
  fc.record({
    file: fc.constantFrom(...files),
    kind: fc.constantFrom("flip", "delete", "insert", "double", "cut", "swap", "digit", "letter"),
    at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    length: fc.integer({ min: 1, max: 40 }),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 12 }),
  });
type Mutation = ReturnType<typeof mutationOf> extends fc.Arbitrary<infer T> ? T : never;

describe("valid files that are damaged at random, 2,000 times", () => {
  test("are refused with a message, or give batches in which every number makes sense", async () => {
    const outcomes = { refused: 0, read: 0 };
    const mutations = fc.array(mutationOf(...Object.values(JSON_FILES)), { minLength: 1, maxLength: 2 });
    await fc.assert(
      fc.asyncProperty(mutations, async (made) => {
        for (const one of made) mutate(one);
        checkPath(scratch);
        try {
          const dataset = await openVqaFolder(scratch);
          for (const split of dataset.splitNames) checkBatches(dataset, split);
          evaluate();
          outcomes.read++;
        } catch (error) {
          if (!(error instanceof DataError)) throw error;
          expect(error.message).toMatch(/\S{3}/);
          outcomes.refused++;
        }
        for (const { file } of made) cpSync(join(pristine, file), join(scratch, file));
      }),
      { numRuns: 1400 },
    );
    expect(outcomes.refused).toBeGreaterThan(300);
    expect(outcomes.read).toBeGreaterThan(100);
  }, 120_000);

  test("and a feature file is refused with its line, or gives rows in which every number makes sense", () => {
    const outcomes = { refused: 0, read: 0 };
    fc.assert(
      fc.property(mutationOf(FEATURES), (made) => {
        mutate(made);
        try {
          for (const row of readRegionTsv(join(scratch, FEATURES))) checkRow(row);
          outcomes.read++;
        } catch (error) {
          if (!(error instanceof DataError)) throw error;
          expect(error.message).toMatch(/obj36.tsv(:\d+: | is empty)/);
          outcomes.refused++;
        }
        cpSync(join(pristine, FEATURES), join(scratch, FEATURES));
      }),
      { numRuns: 600 },
    );
    expect(outcomes.refused).toBeGreaterThan(200);
    expect(outcomes.read).toBeGreaterThan(10);
  });
});

function mutate({ file, kind, at, length, bytes }: Mutation): void {
  const path = join(scratch, file);
  const whole = readFileSync(path);
  const from = Math.floor(at * whole.length);
  const [head, middle, tail] = [
    whole.subarray(0, from),
    whole.subarray(from, from + length),
    whole.subarray(from + length),
  ];
  const changed = {
    flip: [head, middle.map((byte, i) => byte ^ (bytes[i % bytes.length] ?? 0)), tail],
    delete: [head, tail],
    insert: [head, bytes, middle, tail],
    double: [head, middle, middle, tail],
    cut: [head],
    swap: [tail, middle, head],
    digit: [head, middle.map((byte) => (isDigit(byte) ? 48 + ((bytes[0] ?? 0) % 10) : byte)), tail],
    letter: [head, middle.map((byte) => (isLetter(byte) ? 97 + ((bytes[0] ?? 0) % 26) : byte)), tail],
  }[kind];
  writeFileSync(path, Buffer.concat(changed));
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57;
}

function isLetter(byte: number): boolean {
  return byte >= 97 && byte <= 122;
}

function checkRow(row: RegionRow): void {
  expect(row.features.every(Number.isFinite)).toBe(true);
  expect(row.features.length).toBe(row.count * row.featureWidth);
  expect(normalisedBoxes(row).every((value) => value > -1e-4 && value < 1.0001)).toBe(true);
  expect([...row.objectIds, ...row.attributeIds].every((id) => id >= 0)).toBe(true);
}

function checkBatches(dataset: VqaDataset, split: string): void {
  const encode = (text: string) => [101, ...text.split(" ").map(({ length }) => length), 102];
  const loader = new BatchLoader(dataset, dataset.split(split), { batchSize: 2, regions: 1, encode });
  const seen = new Set(loader.questions.map(({ id }) => id));
  expect(seen.size).toBe(loader.questions.length);
  for (const { features, boxes, targets } of loader.batches()) {
    expect(features.every(Number.isFinite)).toBe(true);
    expect(boxes.every((value) => value > -1e-4 && value < 1.0001)).toBe(true);
    expect(targets.every((value) => value >= 0 && value <= 1)).toBe(true);
  }
}

function evaluate(): void {
  const truths = [...readAnnotations(join(scratch, FILES.annotations)).values()];
  const { overall } = evaluateOfficial(truths, readPredictions(join(scratch, FILES.predictions)));
  expect(overall).toBeGreaterThanOrEqual(0);
  expect(overall).toBeLessThanOrEqual(1);
}
