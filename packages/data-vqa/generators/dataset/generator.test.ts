import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTree } from "@nx/devkit/testing";
import { afterAll, expect, test } from "vitest";
import { openOfficialFolder } from "../../src/official/folder.ts";
import generate, { datasetFiles } from "./generator.ts";

let folder = "";
afterAll(() => rm(folder, { recursive: true, force: true }));

test("a dataset and its study are made, and stand in nobody's way", () => {
  const tree = createTree();
  generate(tree, { name: "mine" });
  expect(tree.exists("data/mine/minival.json")).toBe(true);
  expect(tree.read("configs/mine.yaml", "utf8")).toMatch(/path: data\/mine$/m);
  expect(() => generate(tree, { name: "mine" })).toThrow(/data\/mine\/train\.json is there already/);
});

test("a generated dataset can be read, and no image is in both splits", async () => {
  folder = await mkdtemp(join(tmpdir(), "ticketbench-dataset-"));
  for (const [file, text] of datasetFiles()) await writeFile(join(folder, file), text);
  const dataset = openOfficialFolder(folder, { featureWidth: 1, trainingSplits: ["train"] });
  const [train, minival] = ["train", "minival"].map((name) => dataset.split(name).questions);
  expect([train?.length, minival?.length]).toEqual([460, 116]);
  const trained = new Set(train?.map(({ imageId }) => imageId));
  expect(minival?.some(({ imageId }) => trained.has(imageId))).toBe(false);
  expect(minival?.every(({ label }) => label.length === 1)).toBe(true);
});
