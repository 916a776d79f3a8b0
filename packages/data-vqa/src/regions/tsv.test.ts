import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { DataError } from "../error.ts";
import { sharedPath } from "../testing/shared.ts";
import { formatRow, normalisedBoxes, type RegionRow, readRegionTsv } from "./tsv.ts";

const folder = mkdtempSync(join(tmpdir(), "tsv-"));
const file = join(folder, "obj36.tsv");
afterAll(() => rmSync(folder, { recursive: true }));

/** A row with made-up values that depend on `seed`. */
function makeRow(seed: number, count = 3, featureWidth = 5): RegionRow {
  const floats = (n: number, scale: number) =>
    Float32Array.from({ length: n }, (_, i) => ((seed * 31 + i * 7) % 11) * scale);
  const boxes = Float32Array.from(
    Array.from({ length: count }, (_, i) => [i + 0.5, 2, 300 + (seed % 7), 200.25]).flat(),
  );
  const ids = (n: number) => Int32Array.from({ length: n }, (_, i) => (seed + i * 100) % 1600);
  return {
    ...{ imageId: `MADE_up_${seed}`, width: 640, height: 480, count, featureWidth, boxes },
    ...{ objectIds: ids(count), objectConfidences: floats(count, 0.05) },
    ...{ attributeIds: ids(count), attributeConfidences: floats(count, 0.03) },
    features: floats(count * featureWidth, 0.25),
  };
}

function read(content: string | Uint8Array): RegionRow[] {
  writeFileSync(file, content);
  return [...readRegionTsv(file)].map(({ line: _line, end: _end, ...row }) => row);
}

describe("a feature file", () => {
  test("gives back the rows that were written, with any line end, box count and feature width", () => {
    const rows = fc.array(fc.tuple(fc.nat(1000), fc.integer({ min: 1, max: 9 })), { minLength: 1, maxLength: 5 });
    const ends = fc.constantFrom("\n", "\r\n");
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 40 }), ends, fc.boolean(), (seeds, width, end, final) => {
        const made = seeds.map(([seed, count]) => makeRow(seed, count, width));
        expect(read(made.map(formatRow).join(end) + (final ? end : ""))).toEqual(made);
      }),
      { numRuns: 50 },
    );
  });

  test("may have rows longer than what is read at once", () => {
    const made = [makeRow(1, 100, 2048), makeRow(2), makeRow(3, 150, 8192), makeRow(4)];
    expect(read(made.map(formatRow).join("\n"))).toEqual(made);
  });

  test("can be taken up again after any row", () => {
    writeFileSync(file, [1, 2, 3].map((seed) => formatRow(makeRow(seed))).join("\r\n"));
    const [first] = readRegionTsv(file);
    expect([...readRegionTsv(file, first)].map(({ imageId, line }) => [imageId, line])).toEqual([
      ["MADE_up_2", 2],
      ["MADE_up_3", 3],
    ]);
  });
});

describe("a broken feature file is refused with file, line and image", () => {
  const cells = formatRow(makeRow(1)).split("\t");
  const row2 = (column: number, cell: string) =>
    [cells, cells.with(column, cell)].map((row) => row.join("\t")).join("\n");
  const whole = formatRow(makeRow(1));
  const faults: [string, string | Uint8Array, RegExp][] = [
    ["0 bytes", "", /is empty/],
    ["cut off in a cell", `${whole}\n${whole.slice(0, -3)}`, /:2: image MADE_up_1: features has \d+ base64/],
    ["cut off before a cell", `${whole}\n${cells.slice(0, 7).join("\t")}`, /:2: 7 columns instead of 10/],
    ["a line that is empty", `${whole}\n\n${whole}`, /:2: the line is empty/],
    ["a base64 length that is wrong", row2(8, (cells[8] ?? "").slice(4)), /:2: image MADE_up_1: boxes has/],
    ["characters that are not base64", row2(9, `!!!!${(cells[9] ?? "").slice(4)}`), /features contains characters/],
    ["a count that is no number", row2(7, "3x"), /num_boxes is "3x"/],
    ["a count that does not fit", row2(7, "4"), /15 feature values do not divide among 4/],
    ["an image without size", row2(2, "0"), /img_w is "0"/],
    ["an image without name", row2(0, ""), /img_id is empty/],
    ["a box outside the image", row2(1, "200"), /box 0 .* is outside its 640 x 200 image/],
    ["NaN features", formatRow({ ...makeRow(1), features: new Float32Array(15).fill(NaN, 7, 8) }), /features 7 is NaN/],
    [
      "a box turned round",
      formatRow({ ...makeRow(1, 1), boxes: Float32Array.of(9, 2, 3, 4) }),
      /ends before it begins/,
    ],
    [
      "an id that is no index",
      formatRow({ ...makeRow(1, 1), objectIds: Int32Array.of(-1) }),
      /objects_id 0 is not an index/,
    ],
    ["a name that is not UTF-8", Buffer.concat([Buffer.of(0xff), Buffer.from(whole)]), /not valid UTF-8/],
  ];
  for (const [fault, content, message] of faults) {
    test(`: ${fault}`, () => {
      expect(() => read(content)).toThrow(message);
      expect(() => read(content)).toThrow(DataError);
    });
  }

  test(": a folder, or nothing at all", () => {
    expect(() => [...readRegionTsv(folder)]).toThrow(/not a file/);
    expect(() => [...readRegionTsv(join(folder, "none.tsv"))]).toThrow(/does not exist/);
  });
});

const oracle = sharedPath("oracle", "tsv");
describe.skipIf(oracle === null)("the reference feature files", () => {
  interface Expected {
    readonly sha256_of_little_endian_bytes: string;
    readonly shape: number[];
  }
  type ExpectedImage = Record<string, Expected> & { img_id: string; img_h: number; img_w: number; num_boxes: number };
  const at = (name: string) => join(oracle ?? "", name);
  const sha256 = (values: Float32Array | BigInt64Array) =>
    createHash("sha256")
      .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
      .digest("hex");
  const digests = (row: RegionRow) => ({
    objects_id: sha256(BigInt64Array.from(row.objectIds, BigInt)),
    objects_conf: sha256(row.objectConfidences),
    attrs_id: sha256(BigInt64Array.from(row.attributeIds, BigInt)),
    attrs_conf: sha256(row.attributeConfidences),
    boxes: sha256(row.boxes),
    features: sha256(row.features),
    boxes_normalised: sha256(normalisedBoxes(row)),
  });

  test("decode to the published SHA-256 of every array, and encode back to the same bytes", () => {
    const { images } = JSON.parse(readFileSync(at("reader_2048.json"), "utf8")) as { images: ExpectedImage[] };
    const rows = [...readRegionTsv(at("reader_2048.tsv"))];
    expect(rows.map(({ imageId, height, width, count }) => [imageId, height, width, count])).toEqual(
      images.map(({ img_id, img_h, img_w, num_boxes }) => [img_id, img_h, img_w, num_boxes]),
    );
    for (const [i, row] of rows.entries()) {
      for (const [name, digest] of Object.entries(digests(row))) {
        expect([name, digest]).toEqual([name, images[i]?.[name]?.sha256_of_little_endian_bytes]);
      }
    }
    expect(rows.map((row) => `${formatRow(row)}\r\n`).join("")).toBe(readFileSync(at("reader_2048.tsv"), "utf8"));
  });

  test("read the same with LF and no final newline", () => {
    const [only, ...more] = readRegionTsv(at("lf_no_final_newline.tsv"));
    const rows = [...readRegionTsv(at("reader_2048.tsv"))];
    expect(more).toEqual([]);
    expect(digests(only!)).toEqual(digests(rows.find(({ imageId }) => imageId === only?.imageId)!));
  });
});

const real = sharedPath("realdata", "region-features");
describe.skipIf(real === null)("real region features", () => {
  const rows = (name: string) => read(gunzipSync(readFileSync(join(real ?? "", name))));

  test("of image 458752 are 36 x 2048; others have their own box counts and widths", () => {
    const [image] = rows("COCO_train2014_458752_obj36.tsv.gz");
    expect([image?.imageId, image?.count, image?.featureWidth]).toEqual(["COCO_train2014_000000458752", 36, 2048]);
    const adaptive = rows("allennlp_frcnn1024_adaptive.tsv.gz");
    expect([adaptive.length, new Set(adaptive.map(({ featureWidth }) => featureWidth))]).toEqual([12, new Set([1024])]);
    expect(rows("real151_centernet_obj36_128d.tsv.gz")).toHaveLength(151);
  });
});
