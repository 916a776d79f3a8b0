import { access } from "node:fs/promises";
import { join } from "node:path";
import { basicTokens, Tokenizer } from "../tokenizer.ts";
import { bertVocabulary, readVocabulary } from "../vocabulary-file.ts";
import { type Finding, oracleJson, same } from "./oracle.ts";

interface TokenizerCase {
  readonly text: string;
  readonly tokens: readonly string[];
  readonly ids: readonly number[];
  readonly basic_tokens?: readonly string[];
  readonly basic_tokens_without_lower_case?: readonly string[];
  readonly features_20?: { readonly input_ids: readonly number[]; readonly input_mask: readonly number[] };
  readonly features_8?: { readonly input_ids: readonly number[]; readonly input_mask: readonly number[] };
}

/** Words, pieces, ids and padded features of every string; a finding counts the strings that differ. */
export async function checkTokenizer(directory: string, file: string): Promise<readonly Finding[]> {
  const { cases, vocab } = await oracleJson<{ cases: TokenizerCase[]; vocab: string }>(directory, file);
  const tokenizer = new Tokenizer(await vocabularyOf(directory, vocab));
  return cases.flatMap((example) => [
    same(`ids of ${example.text}`, tokenizer.encode(example.text), example.ids),
    same(`tokens of ${example.text}`, tokenizer.tokenize(example.text), example.tokens),
    ...[true, false].flatMap((lowerCase) => {
      const expected = lowerCase ? example.basic_tokens : example.basic_tokens_without_lower_case;
      if (expected === undefined) return [];
      return [same(`words of ${example.text}`, basicTokens(example.text, lowerCase), expected)];
    }),
    ...checkFeatures(tokenizer, example, 20, example.features_20),
    ...checkFeatures(tokenizer, example, 8, example.features_8),
  ]);
}

function checkFeatures(
  tokenizer: Tokenizer,
  { text, ids }: TokenizerCase,
  limit: number,
  expected: TokenizerCase["features_20"],
): Finding[] {
  // A text without a token is refused as input to the network.
  if (expected === undefined || ids.length === 0) return [];
  const { tokens, textMask } = tokenizer.encodeBatch([text], { limit, padTo: "limit" });
  const features = { input_ids: [...tokens], input_mask: [...textMask] };
  const { input_ids, input_mask } = expected;
  return [same(`features of ${text} at ${limit}`, features, { input_ids, input_mask })];
}

/** A file of the directory, or bert-base-uncased's from npm. */
async function vocabularyOf(directory: string, vocabulary: string): Promise<string[]> {
  for (const name of [vocabulary, "bert-base-uncased-vocab.txt"]) {
    const path = join(directory, name);
    if (
      await access(path).then(
        () => true,
        () => false,
      )
    )
      return await readVocabulary(path);
  }
  return await bertVocabulary();
}
