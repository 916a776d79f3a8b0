import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  answerTypesOf,
  packAnswerTypes,
  parseDatasetCard,
  recomputeByType,
  verifyAgainstCard,
} from "./dataset-card.ts";
import { readDatasetCards, readResults, writeDatasetCard, writeResult } from "./node.ts";
import { sampleAnswerType, sampleTicket } from "./sample-result.ts";
import type { DatasetCard } from "./schema/dataset-card.ts";

const result = sampleTicket({}, 80);
const types = Array.from({ length: 80 }, (_, question) => sampleAnswerType(question));
const card: DatasetCard = {
  schemaVersion: 1,
  name: result.dataset.name,
  hash: result.dataset.hash,
  split: result.dataset.split,
  answers: Array.from({ length: 44 }, (_, i) => `answer ${i}`),
  types: packAnswerTypes(types),
  questions: types.map((_, i) => `question ${i} ?`),
  images: null,
  given: null,
};

describe("a dataset card", () => {
  it("gives each question its type, and each phase its accuracy by type", () => {
    expect(answerTypesOf(card)).toEqual(types);
    const phase = result.phases.retrained;
    expect(phase && recomputeByType(phase.scores, card)).toEqual(phase?.byAnswerType);
  });

  it("leaves out a type that no question has", () => {
    const yesNo = { ...card, types: packAnswerTypes(types.map(() => "yes/no")) };
    const scores = result.phases.retrained?.scores;
    expect(scores && Object.keys(recomputeByType(scores, yesNo))).toEqual(["yes/no"]);
  });

  it("finds what a result's own numbers cannot show", () => {
    expect(verifyAgainstCard(result, card)).toEqual([]);
    const swapped = structuredClone(result);
    const { "yes/no": yesNo, number, other } = swapped.phases.pruned?.byAnswerType ?? {};
    if (swapped.phases.pruned && yesNo && number && other) {
      swapped.phases.pruned.byAnswerType = { "yes/no": other, number, other: yesNo };
    }
    expect(verifyAgainstCard(swapped, card).map(({ field }) => field)).toEqual([
      "phases.pruned.byAnswerType.yes/no",
      "phases.pruned.byAnswerType.other",
    ]);
    const fields = verifyAgainstCard(result, { ...card, answers: ["yes", "no"] }).map(({ field }) => field);
    expect(fields).toContain("phases.retrained.predictions");
    const short = { ...card, types: packAnswerTypes(types.slice(1)) };
    expect(verifyAgainstCard(result, short).map(({ field }) => field)).toEqual(["dataset.questions"]);
  });

  it("with lists of unequal length is refused by name", () => {
    expect(() => parseDatasetCard({ ...card, images: ["a"] }, "c.json")).toThrow("c.json: images: 1 entries for 80");
    expect(() => parseDatasetCard("{", "c.json")).toThrow(/c.json: not JSON/);
  });
});

describe("dataset cards among results", () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "ticketbench-cards-"));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it("are written once, and read beside the results", async () => {
    await writeDatasetCard(dir, card);
    await writeDatasetCard(dir, card);
    await expect(writeDatasetCard(dir, { ...card, questions: null })).rejects.toThrow(/another card/);
    expect(await readDatasetCards(dir)).toEqual([card]);
    await writeResult(dir, result);
    expect(await readResults(dir)).toHaveLength(1);
    expect(await readdir(join(dir, "datasets"))).toHaveLength(1);
  });

  it("are found beside the results of several studies, each once", async () => {
    const scene = { place: "park", width: 640, height: 480, objects: [] };
    await writeDatasetCard(join(dir, "a"), { ...card, scenes: { "image 1": scene } });
    await writeDatasetCard(join(dir, "b"), card);
    await writeDatasetCard(join(dir, "b"), { ...card, split: "nominival" });
    const cards = await readDatasetCards(dir);
    expect(cards.map(({ split, scenes }) => [split, scenes?.["image 1"]])).toEqual([
      [card.split, scene],
      ["nominival", undefined],
    ]);
  });

  it("catch a result whose types were swapped", async () => {
    await writeDatasetCard(dir, { ...card, types: packAnswerTypes(types.toReversed()) });
    await writeResult(dir, result);
    await expect(readResults(dir)).rejects.toThrow(/byAnswerType/);
  });
});
