import { ModelError } from "./error.ts";
import { basicTokens } from "./tokenizer.ts";

/** First ids of a trained vocabulary. */
const SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

interface Word {
  /** As vocabulary entries: all but the first begin with `##`. */
  pieces: string[];
  readonly count: number;
}

/**
 * A vocabulary of at most `size` tokens for these texts: special tokens, every character seen, then the most frequent
 * neighbouring pieces merged one after the other (Sennrich et al. 2016), ties by code point order. The same texts in
 * any order give the same vocabulary.
 * @throws ModelError when the characters alone need more than `size`
 */
export function trainWordPiece(texts: Iterable<string>, size: number): string[] {
  const words = countedWords(texts);
  const alphabet = [...new Set(words.flatMap((word) => word.pieces))].sort(byCodePoint);
  const vocabulary = [...SPECIALS, ...alphabet];
  if (vocabulary.length > size)
    throw new ModelError(`vocabulary of ${size}: special tokens and characters alone need ${vocabulary.length}`);
  const known = new Set(vocabulary);
  const pairs = new PairCounts(words);
  while (vocabulary.length < size) {
    const pair = pairs.mostFrequent();
    if (pair === null) break;
    const merged = pairs.merge(pair);
    // Two pairs can spell the same piece.
    if (known.has(merged)) continue;
    known.add(merged);
    vocabulary.push(merged);
  }
  return vocabulary;
}

function byCodePoint(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function countedWords(texts: Iterable<string>): Word[] {
  const counts = new Map<string, number>();
  for (const text of texts) for (const word of basicTokens(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  for (const special of SPECIALS) counts.delete(special);
  return [...counts]
    .sort(([a], [b]) => byCodePoint(a, b))
    .map(([word, count]) => ({ pieces: Array.from(word, (character, i) => (i > 0 ? "##" : "") + character), count }));
}

/** How often each pair of neighbouring pieces occurs, kept up to date while pairs are merged. */
class PairCounts {
  readonly #words: readonly Word[];
  readonly #counts = new Map<string, number>();
  /** Words that hold a pair, or once did. */
  readonly #holders = new Map<string, Set<Word>>();

  constructor(words: readonly Word[]) {
    this.#words = words;
    for (const word of this.#words) this.#count(word, word.count);
  }

  /** Pieces hold no space, so a space joins two of them. null when no pair is left. */
  mostFrequent(): string | null {
    let best: string | null = null;
    let bestCount = 0;
    for (const [pair, count] of this.#counts)
      if (count > bestCount || (count === bestCount && best !== null && pair < best)) [best, bestCount] = [pair, count];
    return best;
  }

  /** Merges a pair wherever it occurs and returns the new piece. */
  merge(pair: string): string {
    const [left, right] = pair.split(" ") as [string, string];
    const merged = left + right.slice("##".length);
    for (const word of this.#holders.get(pair) ?? []) {
      this.#count(word, -word.count);
      word.pieces = mergePieces(word.pieces, left, right, merged);
      this.#count(word, word.count);
    }
    return merged;
  }

  #count(word: Word, amount: number): void {
    for (let i = 1; i < word.pieces.length; i++) {
      const pair = `${word.pieces[i - 1]} ${word.pieces[i]}`;
      const count = (this.#counts.get(pair) ?? 0) + amount;
      if (count === 0) this.#counts.delete(pair);
      else this.#counts.set(pair, count);
      const holders = this.#holders.get(pair) ?? new Set();
      this.#holders.set(pair, holders.add(word));
    }
  }
}

function mergePieces(pieces: readonly string[], left: string, right: string, merged: string): string[] {
  const result: string[] = [];
  for (let i = 0; i < pieces.length; i++) {
    const pairHere = pieces[i] === left && pieces[i + 1] === right;
    result.push(pairHere ? merged : (pieces[i] as string));
    if (pairHere) i++;
  }
  return result;
}
