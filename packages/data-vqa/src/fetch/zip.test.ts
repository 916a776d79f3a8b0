import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DataError } from "../error.ts";
import { extractZip, readZip } from "./zip.ts";

let folder: string;
const archive = () => join(folder, "archive.zip");
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "zip-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Member {
  readonly name: string;
  readonly content: Buffer;
  readonly method?: 0 | 8;
}

/** An archive as zip programs write it; with zip64 fields as they write it beyond 4 GB. */
function makeZip(members: readonly Member[], zip64 = false): Buffer {
  const [locals, central]: Buffer[][] = [[], []];
  let offset = 0;
  for (const { name, content, method = 8 } of members) {
    const data = method === 8 ? deflateRawSync(content) : content;
    const [crc, encoded] = [crc32(content), Buffer.from(name)];
    const local = Buffer.concat([
      record([
        [4, 0x04034b50],
        [2, 20],
        [2, 0],
        [2, method],
        [4, 0],
        [4, crc],
        [4, data.length],
        [4, content.length],
        [2, encoded.length],
        [2, 0],
      ]),
      encoded,
      data,
    ]);
    const wide = record([
      [2, 1],
      [2, 24],
      [8, content.length],
      [8, data.length],
      [8, offset],
    ]);
    const extra = zip64
      ? Buffer.concat([
          record([
            [2, 0x5455],
            [2, 1],
            [1, 0],
          ]),
          wide,
        ])
      : Buffer.alloc(0);
    const small = (value: number): [number, number] => [4, zip64 ? 0xffffffff : value];
    central!.push(
      record([
        [4, 0x02014b50],
        [2, 20],
        [2, 20],
        [2, 0],
        [2, method],
        [4, 0],
        [4, crc],
        small(data.length),
        small(content.length),
        [2, encoded.length],
        [2, extra.length],
        [2, 0],
        [2, 0],
        [2, 0],
        [4, 0],
        small(offset),
      ]),
      encoded,
      extra,
    );
    locals!.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(central!);
  const count = members.length;
  const end64 = zip64
    ? [
        record([
          [4, 0x06064b50],
          [8, 44],
          [2, 45],
          [2, 45],
          [4, 0],
          [4, 0],
          [8, count],
          [8, count],
          [8, directory.length],
          [8, offset],
        ]),
        record([
          [4, 0x07064b50],
          [4, 0],
          [8, offset + directory.length],
          [4, 1],
        ]),
      ]
    : [];
  const [length, start] = zip64 ? [0xffffffff, 0xffffffff] : [directory.length, offset];
  const end = record([
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, count],
    [2, count],
    [4, length],
    [4, start],
    [2, 5],
  ]);
  return Buffer.concat([...locals!, directory, ...end64, end, Buffer.from("hello")]);
}

function record(fields: readonly (readonly [bytes: number, value: number])[]): Buffer {
  return Buffer.concat(
    fields.map(([bytes, value]) => {
      const field = Buffer.alloc(8);
      field.writeBigUInt64LE(BigInt(value));
      return field.subarray(0, bytes);
    }),
  );
}

const members: Member[] = [
  { name: "mscoco_imgfeat/", content: Buffer.alloc(0), method: 0 },
  { name: "mscoco_imgfeat/train2014_obj36.tsv", content: Buffer.from("a\tb\n".repeat(50_000)) },
  { name: "../stored.json", content: Buffer.from("[1, 2]"), method: 0 },
  { name: "empty", content: Buffer.alloc(0), method: 0 },
];

describe("a zip archive", () => {
  test.each([false, true])("is unpacked, flat and inside the folder (zip64: %s)", async (zip64) => {
    writeFileSync(archive(), makeZip(members, zip64));
    expect(readZip(archive()).map(({ name, bytes }) => [name, bytes])).toEqual(
      members.slice(1).map(({ name, content }) => [name, content.length]),
    );
    expect(await extractZip(archive(), folder)).toEqual(["train2014_obj36.tsv", "stored.json", "empty"]);
    expect(readFileSync(join(folder, "train2014_obj36.tsv")).equals(members[1]!.content)).toBe(true);
    expect(readFileSync(join(folder, "stored.json")).equals(members[2]!.content)).toBe(true);
    expect(readFileSync(join(folder, "empty"))).toHaveLength(0);
  });

  test("that is cut off, damaged or none is refused, and leaves no file that looks whole", async () => {
    const whole = makeZip(members);
    const refused = async (content: Buffer, message: RegExp) => {
      writeFileSync(archive(), content);
      await expect(extractZip(archive(), folder)).rejects.toThrow(message);
      await expect(extractZip(archive(), folder)).rejects.toThrow(DataError);
      expect(existsSync(join(folder, "train2014_obj36.tsv"))).toBe(false);
      expect(existsSync(join(folder, "train2014_obj36.tsv.partial"))).toBe(false);
    };
    await refused(whole.subarray(0, whole.length - 100), /no directory at its end/);
    await refused(Buffer.from("not an archive"), /no directory at its end/);
    const at = whole.indexOf("train2014_obj36.tsv") + 60;
    await refused(
      Buffer.concat([whole.subarray(0, at), Buffer.alloc(20, 0xff), whole.subarray(at + 20)]),
      /train2014_obj36.tsv/,
    );
    const header = whole.indexOf("mscoco_imgfeat/train2014") - 30;
    await refused(Buffer.from(whole).fill(0, header, header + 4), /not where its directory says/);
    const directory = whole.lastIndexOf(Buffer.of(0x50, 0x4b, 1, 2));
    await refused(Buffer.from(whole).fill(0, directory, directory + 4), /its directory is broken/);
    truncateSync(archive(), 0);
    expect(() => readZip(archive())).toThrow(/no directory/);
  });
});
