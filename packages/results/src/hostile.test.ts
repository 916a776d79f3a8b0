import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ResultError } from "./error.ts";
import { parseResult } from "./parse.ts";
import { sampleTicket } from "./sample-result.ts";
import { verifyResult } from "./verify.ts";

const text = JSON.stringify(sampleTicket({}, 80));

/** Anything a stranger's file may hold in place of one value. */
const junk = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(-1, 0, 1e15, 9007199254740991, "", "__proto__", "AAAA", "////", [], [1e9], {}, null),
);

/** Every path to a value of the document, by keys. */
function pathsOf(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, key]))];
}

function replaced(path: readonly string[], value: unknown): unknown {
  const document = JSON.parse(text) as Record<string, unknown>;
  if (path.length === 0) return value;
  let at = document;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>;
  at[path.at(-1) ?? ""] = value;
  return document;
}

/** Reads and verifies; the only thing that may be thrown is a ResultError that names the file. */
function read(document: unknown): void {
  try {
    verifyResult(parseResult(document, "stranger.json"));
  } catch (error) {
    expect(error).toBeInstanceOf(ResultError);
    expect((error as ResultError).message).toMatch(/^stranger\.json: /);
  }
}

describe("a file from a stranger", () => {
  it("with any one value replaced is accepted or refused by name, and nothing else happens", () => {
    fc.assert(
      fc.property(fc.constantFrom(...pathsOf(JSON.parse(text))), junk, (path, value) => read(replaced(path, value))),
      { numRuns: 1000 },
    );
  });

  it("with any one character replaced is accepted or refused by name", () => {
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.string({ minLength: 0, maxLength: 3 }), (at, insert) =>
        read(text.slice(0, at) + insert + text.slice(at + 1)),
      ),
      { numRuns: 500 },
    );
  });

  it("cannot reach an object's prototype", () => {
    const poisoned = text.replace('"modules":{', '"modules":{"__proto__":[1,1],"constructor":[1,1],');
    read(poisoned);
    expect(({} as Record<string, unknown>)["0"]).toBeUndefined();
    const params = text.replace('"params":{', '"params":{"__proto__":{"polluted":true},');
    read(params);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it("that claims more questions than any dataset has is not unpacked", () => {
    const document = replaced(["phases", "pruned", "scores"], { symbols: [0, 1], counts: [1e9, 1e9], data: "AAAA" });
    expect(() => parseResult(document, "stranger.json")).toThrow(/phases.pruned.scores: more than 10000000 questions/);
  });
});
