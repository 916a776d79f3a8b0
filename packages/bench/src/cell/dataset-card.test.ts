import { generateMiniVqa, openOfficialFolder, writeMiniVqa } from "@ticketbench/data-vqa";
import { answerTypesOf, parseDatasetCard } from "@ticketbench/results";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { datasetCardOf } from "./dataset-card.ts";

test("the card of mini-VQA holds each question with its image, its type and what ten annotators said", () => {
  const dataset = generateMiniVqa();
  const { questions } = dataset.split("minival");
  const card = parseDatasetCard(JSON.stringify(datasetCardOf(dataset, "minival")), "card");
  expect(card).toMatchObject({ name: dataset.name, hash: dataset.hash, split: "minival", answers: dataset.answers });
  expect(answerTypesOf(card)).toEqual(questions.map(({ answerType }) => answerType));
  expect(card.questions).toEqual(questions.map(({ text }) => text));
  for (const [i, given] of card.given!.entries()) {
    expect(Object.values(given).reduce((sum, annotators) => sum + annotators, 0)).toBe(10);
    expect(given[questions[i]!.majorityAnswer!]).toBe(Math.max(...Object.values(given)));
  }
  for (const image of card.images!) {
    expect(card.scenes![image]!.objects.map(({ box }) => box)).toEqual(
      dataset.scene(image).objects.map(({ box }) => box),
    );
  }
});

test("data from a folder keeps its texts to itself", () => {
  const folder = mkdtempSync(join(tmpdir(), "ticketbench-card-"));
  try {
    writeMiniVqa(generateMiniVqa(), join(folder, "data"), { splits: ["train", "minival"] });
    const dataset = openOfficialFolder(join(folder, "data"), { featureWidth: 1, trainingSplits: ["train"] });
    expect(datasetCardOf(dataset, "minival")).toBeNull();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
