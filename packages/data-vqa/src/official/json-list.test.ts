import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { DataError } from "../error.ts";
import { readJsonList } from "./json-list.ts";

const folder = mkdtempSync(join(tmpdir(), "json-list-"));
const file = join(folder, "list.json");
afterAll(() => rmSync(folder, { recursive: true }));

function read(content: string | Uint8Array, key: string | null): { elements: unknown[]; header: object } {
  writeFileSync(file, content);
  const elements: unknown[] = [];
  const header = readJsonList(file, key, (element, index) => (elements[index] = element));
  return { elements, header };
}

describe("a list in a JSON file", () => {
  test("is what JSON.parse gives, whatever is in it and around it", () => {
    const values = fc.array(fc.jsonValue(), { maxLength: 8 });
    const around = fc.dictionary(
      fc.string().filter((key) => key !== "list" && key !== "__proto__"),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(values, around, around, fc.nat(3), (list, before, after, indent) => {
        const whole = { ...before, list, ...after };
        const { elements, header } = read(JSON.stringify(whole, null, indent), "list");
        expect(elements).toEqual(JSON.parse(JSON.stringify(list)));
        expect(header).toEqual({ ...(JSON.parse(JSON.stringify(whole)) as object), list: [] });
        expect(read(JSON.stringify(list, null, indent), null).elements).toEqual(JSON.parse(JSON.stringify(list)));
      }),
      { numRuns: 200 },
    );
  });

  test("may be many chunks long, with characters and escapes across the cuts", () => {
    const element = { text: '"[é{\\', more: ["naïve", "\u{1f600}"] };
    const list = Array.from({ length: 60_000 }, (_, i) => ({ ...element, i }));
    expect(read(JSON.stringify({ list }), "list").elements).toEqual(list);
  });

  test("may be gzipped", () => {
    const path = `${file}.gz`;
    writeFileSync(path, gzipSync('{"list": [1, 2], "data_subtype": "val2014"}'));
    const elements: unknown[] = [];
    expect(readJsonList(path, "list", (element) => elements.push(element))).toEqual({
      list: [],
      data_subtype: "val2014",
    });
    expect(elements).toEqual([1, 2]);
  });

  test("that is broken is refused with the file's name and the fault", () => {
    const faults: [string | Uint8Array, RegExp][] = [
      ["", /is empty/],
      ['{"other": [1]}', /list named "list"/],
      ['{"list": {"a": 1}}', /list named "list"/],
      ['{"list": [1, 2', /cut off after/],
      ['{"list": [1, 2, "a', /cut off after/],
      ['{"list": [1, 2,]}', /not valid JSON after entry/],
      ['{"list": [1 2]}', /not valid JSON/],
      ['{"list": [1, 2], "a": tru}', /not valid JSON outside its list/],
      ['{"list": [1]} {', /cut off/],
      [Uint8Array.of(...Buffer.from('{"list": ["'), 0xff, ...Buffer.from('"]}')), /not valid UTF-8 at byte 11;/],
      [Uint8Array.of(...Buffer.from('{"list": [], "a": "'), 0xff, ...Buffer.from('"}')), /UTF-8 outside its list/],
    ];
    for (const [content, message] of faults) {
      expect(() => read(content, "list"), String(content)).toThrow(message);
      expect(() => read(content, "list")).toThrow(DataError);
    }
    expect(() => read('{"list": []}', null)).toThrow(/expected a list/);
  });

  test("that is missing, a folder, or a damaged gzip is refused", () => {
    const ignore = () => undefined;
    expect(() => readJsonList(join(folder, "none.json"), null, ignore)).toThrow(/does not exist/);
    expect(() => readJsonList(folder, null, ignore)).toThrow(/not a file/);
    const path = join(folder, "cut.json.gz");
    writeFileSync(path, gzipSync(JSON.stringify(Array.from({ length: 1000 }, (_, i) => i))));
    truncateSync(path, 100);
    expect(() => readJsonList(path, null, ignore)).toThrow(/cannot be decompressed/);
  });
});
