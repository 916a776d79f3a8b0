import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DataError } from "../error.ts";
import { makeZip, type Member } from "../testing/zip.ts";
import { extractZip, readZip } from "./zip.ts";

let folder: string;
const archive = () => join(folder, "archive.zip");
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "zip-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

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
