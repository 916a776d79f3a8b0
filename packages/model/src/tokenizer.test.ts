import { createHash } from "node:crypto";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { ModelError } from "./error.ts";
import { parseVocabulary, Tokenizer } from "./tokenizer.ts";
import { bertVocabulary } from "./vocabulary-file.ts";

describe("the tokenizer with bert-base-uncased's vocabulary", () => {
  let tokenizer: Tokenizer;
  beforeAll(async () => {
    tokenizer = new Tokenizer(await bertVocabulary());
  });

  it("has the vocabulary byte for byte", async () => {
    const text = (await bertVocabulary()).map((token) => `${token}\n`).join("");
    expect(createHash("sha256").update(text).digest("hex")).toMatch(/^07eced37/);
  });

  it("pads to the longest text of the batch when told to", () => {
    const batch = tokenizer.encodeBatch(["a dog", "what is that"], { limit: 20, padTo: "longest" });
    expect(batch.tokenLength).toBe(5);
    expect([...batch.textMask]).toEqual([1, 1, 1, 1, 0, 1, 1, 1, 1, 1]);
  });

  it("refuses a text without a token", () => {
    expect(() => tokenizer.encodeBatch(["ok", " \u200b "], { limit: 20, padTo: "limit" })).toThrow(
      new ModelError('text 1 (" \u200b ") holds no token'),
    );
  });

  it("only ever gives ids of the vocabulary", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(tokenizer.encode(text).every((id) => tokenizer.vocabulary[id] !== undefined)).toBe(true);
      }),
    );
  });
});

describe("a vocabulary", () => {
  it("is one token a line, with either line end", () => {
    expect(parseVocabulary("[PAD]\r\na\r\n")).toEqual(["[PAD]", "a"]);
    expect(parseVocabulary("[PAD]\na")).toEqual(["[PAD]", "a"]);
  });

  it("is refused when a token comes twice", () => {
    expect(() => new Tokenizer(["[UNK]", "a", "a"])).toThrow('vocabulary: "a" stands at ids 1 and 2');
  });

  it("is refused without a special token", () => {
    expect(() => new Tokenizer(["[UNK]", "[CLS]"])).toThrow('vocabulary: no token "[SEP]"');
  });
});
