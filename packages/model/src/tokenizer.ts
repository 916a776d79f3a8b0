/** BERT's tokenizer: cleaning and splitting into words, then WordPiece (Wu et al. 2016), greedy longest match first. */
import { ModelError } from "./error.ts";

/** Padding is literally id 0, whatever the vocabulary says. */
export const PADDING_ID = 0;

const SPECIAL_TOKENS: ReadonlySet<string> = new Set(["[UNK]", "[SEP]", "[PAD]", "[CLS]", "[MASK]"]);
const LONGEST_WORD = 100;
const CACHED_WORDS = 100_000;

// Deleted, so that what stands around them joins; tab and line ends are spaces instead.
const DELETED = /[\0\uFFFD]|(?![\t\n\r])\p{C}/gu;
// The CJK blocks each character of which is a word.
const IDEOGRAPH =
  /[\u4E00-\u9FFF\u3400-\u4DBF\u{20000}-\u{2A6DF}\u{2A700}-\u{2B73F}\u{2B740}-\u{2B81F}\u{2B820}-\u{2CEAF}\uF900-\uFAFF\u{2F800}-\u{2FA1F}]/gu;
const PUNCTUATION = /[!-/:-@[-`{-~\p{P}]/gu;
const MARK = /\p{Mn}/gu;

/** Splits a text into words and punctuation, lower-cased and without accents unless told otherwise. */
export function basicTokens(text: string, lowerCase = true): string[] {
  const cleaned = text.replace(DELETED, "").replace(IDEOGRAPH, " $& ");
  const tokens: string[] = [];
  for (const word of cleaned.split(/\s+/u)) {
    if (word === "") continue;
    if (SPECIAL_TOKENS.has(word)) {
      tokens.push(word);
      continue;
    }
    const plain = lowerCase ? word.toLowerCase().normalize("NFD").replace(MARK, "") : word;
    for (const part of plain.replace(PUNCTUATION, " $& ").split(/\s+/u)) if (part !== "") tokens.push(part);
  }
  return tokens;
}

/** A batch of texts as the network takes it. */
export interface EncodedTexts {
  readonly batch: number;
  readonly tokenLength: number;
  /** [batch * tokenLength], [CLS] first, [SEP] after the last piece, then padding. */
  readonly tokens: Int32Array;
  /** [batch * tokenLength], 1 = token, 0 = padding. */
  readonly textMask: Float32Array;
}

export interface EncodingLength {
  /** Most tokens of a text, [CLS] and [SEP] included; longer texts are cut. LXMERT's is 20. */
  readonly limit: number;
  /** Pad to the longest text of the batch, which changes no answer, or to the limit as the original does. */
  readonly padTo: "longest" | "limit";
}

/** Text to ids and back, for one vocabulary; words once split are remembered. */
export class Tokenizer {
  readonly vocabulary: readonly string[];
  readonly lowerCase: boolean;
  readonly #ids = new Map<string, number>();
  readonly #wordIds = new Map<string, readonly number[]>();

  /**
   * @param vocabulary tokens in the order of their ids; `##` marks a piece that continues a word
   * @throws ModelError when a token comes twice or [UNK], [CLS] or [SEP] is missing
   */
  constructor(vocabulary: readonly string[], lowerCase = true) {
    this.vocabulary = vocabulary;
    this.lowerCase = lowerCase;
    for (const [id, token] of vocabulary.entries()) {
      const earlier = this.#ids.get(token);
      if (earlier !== undefined)
        throw new ModelError(`vocabulary: ${JSON.stringify(token)} stands at ids ${earlier} and ${id}`);
      this.#ids.set(token, id);
    }
    for (const token of ["[UNK]", "[CLS]", "[SEP]"]) this.idOf(token);
  }

  /** @throws ModelError when the vocabulary has no such token */
  idOf(token: string): number {
    const id = this.#ids.get(token);
    if (id === undefined) throw new ModelError(`vocabulary: no token ${JSON.stringify(token)}`);
    return id;
  }

  /** Word pieces of a text, without [CLS] and [SEP]. */
  tokenize(text: string): string[] {
    return this.encode(text).map((id) => this.vocabulary[id] as string);
  }

  /** Ids of a text's word pieces, without [CLS] and [SEP]. */
  encode(text: string): number[] {
    return basicTokens(text, this.lowerCase).flatMap((word) => this.#pieces(word));
  }

  /**
   * Ids of a batch with [CLS] and [SEP], padded to one length.
   * @throws ModelError for a text that holds no token
   */
  encodeBatch(texts: readonly string[], { limit, padTo }: EncodingLength): EncodedTexts {
    if (limit < 3) throw new ModelError(`token limit ${limit}: expected at least 3 ([CLS], a token, [SEP])`);
    const encoded = texts.map((text, i) => {
      const pieces = this.encode(text).slice(0, limit - 2);
      if (pieces.length === 0) throw new ModelError(`text ${i} (${JSON.stringify(text)}) holds no token`);
      return [this.idOf("[CLS]"), ...pieces, this.idOf("[SEP]")];
    });
    const tokenLength = padTo === "limit" ? limit : Math.max(...encoded.map((ids) => ids.length));
    const tokens = new Int32Array(texts.length * tokenLength).fill(PADDING_ID);
    const textMask = new Float32Array(tokens.length);
    for (const [i, ids] of encoded.entries()) {
      tokens.set(ids, i * tokenLength);
      textMask.fill(1, i * tokenLength, i * tokenLength + ids.length);
    }
    return { batch: texts.length, tokenLength, tokens, textMask };
  }

  #pieces(word: string): readonly number[] {
    let ids = this.#wordIds.get(word);
    if (ids === undefined) {
      ids = this.#longestMatches(word) ?? [this.idOf("[UNK]")];
      if (this.#wordIds.size < CACHED_WORDS) this.#wordIds.set(word, ids);
    }
    return ids;
  }

  /** null when some part of the word is in no piece. */
  #longestMatches(word: string): number[] | null {
    const characters = Array.from(word);
    if (characters.length > LONGEST_WORD) return null;
    const ids: number[] = [];
    for (let start = 0; start < characters.length; ) {
      let end = characters.length;
      let id: number | undefined;
      for (; end > start; end--) {
        const piece = (start > 0 ? "##" : "") + characters.slice(start, end).join("");
        id = this.#ids.get(piece);
        if (id !== undefined) break;
      }
      if (id === undefined) return null;
      ids.push(id);
      start = end;
    }
    return ids;
  }
}

/** A vocabulary file: one token a line, its id the line's number from 0. */
export function parseVocabulary(text: string): string[] {
  const lines = text.split(/\r?\n/u);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}
