import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BatchLoader } from "../batches.ts";
import { checkPath } from "../check/path.ts";
import { DataError } from "../error.ts";
import { generateMiniVqa } from "../mini/generate.ts";
import { regionRow } from "../mini/write.ts";
import { openVqaFolder } from "../official/folder.ts";
import { toLxmert } from "../official/lxmert.ts";
import { convertRegions } from "./convert.ts";
import { RegionStore } from "./store.ts";
import { formatRow } from "./tsv.ts";

const dataset = generateMiniVqa();
const imageIds = dataset.split("nominival").images.map(({ id }) => id);
const rows = imageIds.slice(0, 40).map((imageId) => regionRow(dataset, imageId));

let folder: string;
let source: string;
let store: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "store-"));
  [source, store] = [join(folder, "nominival_obj36.tsv"), join(folder, "store")];
  writeFileSync(source, rows.map((row) => `${formatRow(row)}\n`).join(""));
});
afterEach(() => rmSync(folder, { recursive: true }));

function read(from: Pick<RegionStore, "fillRegions">, imageId: string, count: number, width = 64) {
  const features = new Float32Array((count + 1) * width);
  const boxes = new Float32Array((count + 1) * 4);
  from.fillRegions(imageId, count, features, boxes, 1);
  return { features, boxes };
}

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of source) all.push(one);
  return all;
}

/** As a kill would leave it: no manifest, the index cut off anywhere, records that reach at least as far as it says. */
function kill(indexShare: number, extraRecordBytes: number): void {
  rmSync(join(store, "manifest.json"));
  const index = readFileSync(join(store, "index.tsv"), "utf8");
  const kept = index.slice(0, Math.floor(indexShare * index.length));
  writeFileSync(join(store, "index.tsv"), kept);
  const [, ...whole] = kept
    .slice(0, kept.lastIndexOf("\n") + 1)
    .split("\n")
    .slice(0, -1);
  const end = Number(whole.at(-1)?.split("\t")[3] ?? 0);
  truncateSync(join(store, "regions.bin"), end + extraRecordBytes);
}

describe("a region store", () => {
  test("gives every image's regions as they were in the file, in any order and number", async () => {
    await convertRegions(source, store);
    const opened = RegionStore.open(store);
    expect([...opened.imageIds]).toEqual(rows.map(({ imageId }) => imageId));
    for (const { imageId } of [...rows].reverse()) {
      for (const count of [36, 8, 1]) expect(read(opened, imageId, count)).toEqual(read(dataset, imageId, count));
    }
    opened.close();
  });

  test("keeps features as float16 on request, rounded to the nearest", async () => {
    await convertRegions(source, store, { featureType: "float16" });
    const opened = RegionStore.open(store);
    const { features, boxes } = read(dataset, rows[3]!.imageId, 8);
    const kept = read(opened, rows[3]!.imageId, 8);
    expect(kept.boxes).toEqual(boxes);
    expect(kept.features).toEqual(Float32Array.from(features, (value) => Math.f16round(value)));
    opened.close();
  });

  test("gives the detector's labels", async () => {
    await convertRegions(source, store);
    const opened = RegionStore.open(store);
    const into = () => ({
      objectIds: new Int32Array(9),
      attributeIds: new Int32Array(9),
      confidences: new Float32Array(9),
    });
    const [ours, theirs] = [into(), into()];
    opened.fillLabels(rows[1]!.imageId, 8, ours, 1);
    dataset.regionLabels.fill(rows[1]!.imageId, 8, theirs, 1);
    expect(ours).toEqual(theirs);
    opened.close();
  });

  test("has a manifest with the source's hash, counts, width and type", async () => {
    expect(await convertRegions(source, store)).toEqual({
      format: "ticketbench-regions",
      version: 1,
      source: {
        name: "nominival_obj36.tsv",
        bytes: readFileSync(source).length,
        modified: statSync(source).mtimeMs,
        sha256: createHash("sha256").update(readFileSync(source)).digest("hex"),
      },
      images: 40,
      featureWidth: 64,
      regions: { fewest: 36, most: 36 },
      featureType: "float32",
      recordBytes: 40 * 36 * (32 + 64 * 4),
    });
  });
});

describe("batches from a store", () => {
  test.each(["float32", "float16"] as const)(
    "are the same when read ahead in the background (%s)",
    async (featureType) => {
      const questions = dataset
        .split("nominival")
        .questions.filter(({ imageId }) => rows.some((row) => row.imageId === imageId));
      writeFileSync(
        join(folder, "train.json"),
        JSON.stringify(questions.map((question) => toLxmert(question, dataset.answers))),
      );
      writeFileSync(join(folder, "trainval_label2ans.json"), JSON.stringify(dataset.answers));
      const opened = await openVqaFolder(folder, { convert: { featureType } });
      const encode = (text: string) => [1, text.length, 2];
      const loader = new BatchLoader(opened, opened.split("train"), { batchSize: 7, regions: 8, encode });
      const order = Uint32Array.from(questions.keys()).reverse();
      const ahead = await collect(loader.prefetched(order, { dropLast: true }));
      expect(ahead).toEqual([...loader.batches(order, { dropLast: true })]);
      expect(ahead).toHaveLength(Math.floor(questions.length / 7));
      const fromMemory = new BatchLoader(dataset, { name: "same", questions }, { batchSize: 7, regions: 8, encode });
      if (featureType === "float32") expect(ahead).toEqual([...fromMemory.batches(order, { dropLast: true })]);
      expect(await collect(fromMemory.prefetched(order))).toEqual([...fromMemory.batches(order)]);
    },
  );
});

test("a folder takes a store as it is: of float16, and of a feature file that is not there any more", async () => {
  const { questions } = dataset.split("nominival");
  const own = questions.filter(({ imageId }) => rows.some((row) => row.imageId === imageId));
  writeFileSync(join(folder, "train.json"), JSON.stringify(own.map((question) => toLxmert(question, dataset.answers))));
  writeFileSync(join(folder, "trainval_label2ans.json"), JSON.stringify(dataset.answers));
  const beside = join(folder, "nominival_obj36.regions");
  await convertRegions(source, beside, { featureType: "float16" });
  const imageId = own[0]?.imageId ?? "";
  const halves = read(RegionStore.open(beside), imageId, 8);
  const with16 = await openVqaFolder(folder);
  expect(read(with16, imageId, 8)).toEqual(halves);
  rmSync(source);
  const alone = await openVqaFolder(folder);
  expect(read(alone, imageId, 8)).toEqual(halves);
  expect(alone.hash).toBe(with16.hash);
  expect(checkPath(folder).flatMap(({ problems }) => problems)).toEqual([]);
  rmSync(join(beside, "manifest.json"));
  await expect(openVqaFolder(folder)).rejects.toThrow(/holds no feature files/);
});

describe("a conversion", () => {
  const bytes = (name: string) => readFileSync(join(store, name));

  test("that was killed at any moment is no store, and run again it ends byte-equal to one that was not", async () => {
    const whole = await convertRegions(source, store);
    const [records, index] = [bytes("regions.bin"), bytes("index.tsv")];
    const moments = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(20_000));
    await fc.assert(
      fc.asyncProperty(moments, async ([indexShare, extraRecordBytes]) => {
        kill(indexShare, extraRecordBytes);
        expect(() => RegionStore.open(store)).toThrow(/no finished region store/);
        expect(await convertRegions(source, store)).toEqual(whole);
        expect(bytes("regions.bin").equals(records)).toBe(true);
        expect(bytes("index.tsv").equals(index)).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  test("of a source that breaks off leaves no store, and starts again when the source has changed", async () => {
    const content = readFileSync(source);
    writeFileSync(source, content.subarray(0, content.length - 5000));
    await expect(convertRegions(source, store)).rejects.toThrow(/obj36.tsv:40: .*cut off/);
    expect(() => RegionStore.open(store)).toThrow(DataError);
    writeFileSync(
      source,
      [...rows]
        .reverse()
        .map((row) => `${formatRow(row)}\n`)
        .join(""),
    );
    utimesSync(source, 2, 2);
    await convertRegions(source, store);
    const opened = RegionStore.open(store);
    expect([...opened.imageIds]).toEqual(rows.map(({ imageId }) => imageId).reverse());
    expect(read(opened, rows[0]!.imageId, 8)).toEqual(read(dataset, rows[0]!.imageId, 8));
    opened.close();
  });

  test("leaves a finished store alone, and refuses to mix it with another source or type", async () => {
    const manifest = await convertRegions(source, store);
    expect(await convertRegions(source, store)).toEqual(manifest);
    await expect(convertRegions(source, store, { featureType: "float16" })).rejects.toThrow(
      /already holds features of .* as float32, not float16/,
    );
    cpSync(source, join(folder, "other.tsv"));
    await expect(convertRegions(join(folder, "other.tsv"), store)).rejects.toThrow(
      /already holds a store of nominival_obj36.tsv/,
    );
    utimesSync(source, 1, 1);
    expect(await convertRegions(source, store)).toEqual(manifest);
    const changed = readFileSync(source);
    changed[changed.length - 20]! ^= 1;
    writeFileSync(source, changed);
    await expect(convertRegions(source, store)).rejects.toThrow(/store of another nominival_obj36.tsv/);
  });

  test("is not made among other files, which it would spoil", async () => {
    await expect(convertRegions(source, folder)).rejects.toThrow(/holds .*, which is no part of a store; name a new/);
    expect(readdirSync(folder).filter((file) => /^(index|regions|manifest)\./.test(file))).toEqual([]);
  });

  test("refuses a second row for an image, another width, a missing source and an empty one", async () => {
    const refused = async (content: string, message: RegExp) => {
      writeFileSync(source, content);
      await expect(convertRegions(source, join(folder, String(message).length.toString()))).rejects.toThrow(message);
    };
    const [first] = rows;
    await refused(`${formatRow(first!)}\n${formatRow(first!)}\n`, /:2: image .* appears a second time/);
    const narrow = { ...rows[1]!, featureWidth: 32, features: rows[1]!.features.slice(0, 36 * 32) };
    await refused(`${formatRow(first!)}\n${formatRow(narrow)}\n`, /width 32, those before have 64/);
    await refused("", /is empty/);
    await expect(convertRegions(join(folder, "none.tsv"), store)).rejects.toThrow(/does not exist/);
    await expect(convertRegions(folder, store)).rejects.toThrow(/is not a file/);
    expect(existsSync(store)).toBe(false);
  });
});

describe("a store that is damaged is refused", () => {
  test("when its records, its index or its manifest are not what they were", async () => {
    await convertRegions(source, store);
    expect(() => RegionStore.open(folder)).toThrow(/no finished region store/);
    const index = readFileSync(join(store, "index.tsv"), "utf8");
    writeFileSync(join(store, "index.tsv"), index.split("\n").toSpliced(1, 1).join("\n"));
    expect(() => RegionStore.open(store)).toThrow(/indexes 39 images instead of 40/);
    truncateSync(join(store, "regions.bin"), 5000);
    expect(() => RegionStore.open(store)).toThrow(/has 5000 bytes instead of/);
    writeFileSync(join(store, "manifest.json"), "{}");
    expect(() => RegionStore.open(store)).toThrow(/not a store's manifest/);
  });

  test("when it is asked for an image or for regions that it does not have", async () => {
    await convertRegions(source, store);
    const opened = RegionStore.open(store);
    expect(() => read(opened, "MINI_train_000000000001", 1)).toThrow(/has no image MINI_train/);
    expect(() => read(opened, rows[0]!.imageId, 37)).toThrow(/has 36 regions/);
    opened.close();
  });
});
