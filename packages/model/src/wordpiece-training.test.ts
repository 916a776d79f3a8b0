import fc from "fast-check";
import { expect, it } from "vitest";
import { Tokenizer } from "./tokenizer.ts";
import { trainWordPiece } from "./wordpiece-training.ts";

const texts = ["What color is the dog?", "what color is the cat", "Is the dog a dog?", "how many dogs are there"];

it("starts with the special tokens and merges the most frequent pieces first", () => {
  const vocabulary = trainWordPiece(texts, 45);
  expect(vocabulary.slice(0, 5)).toEqual(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]);
  expect(vocabulary).toContain("dog");
  expect(vocabulary).toContain("the");
  expect(vocabulary.length).toBe(45);
});

it("gives the same vocabulary for the same texts in another order", () => {
  expect(trainWordPiece([...texts].reverse(), 50)).toEqual(trainWordPiece(texts, 50));
});

it("stops when every word is one piece", () => {
  const tokenizer = new Tokenizer(trainWordPiece(texts, 10_000));
  expect(tokenizer.tokenize("what color is the dog")).toEqual(["what", "color", "is", "the", "dog"]);
});

it("leaves no known text unknown, and holds no token twice", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: fc.constantFrom(..."abcd e") }), { minLength: 1 }), (corpus) => {
      const tokenizer = new Tokenizer(trainWordPiece(corpus, 40));
      for (const text of corpus) {
        const pieces = tokenizer.tokenize(text);
        expect(pieces).not.toContain("[UNK]");
        expect(pieces.map((piece) => piece.replace(/^##/, "")).join("")).toBe(text.replaceAll(" ", ""));
      }
    }),
  );
});

it("says how many tokens the characters alone need", () => {
  expect(() => trainWordPiece(["ab"], 6)).toThrow("vocabulary of 6: special tokens and characters alone need 7");
});
