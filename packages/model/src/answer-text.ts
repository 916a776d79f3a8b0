/** Spellings that LXMERT's pretraining counts as one answer. */
const SPELLINGS: ReadonlyMap<string, string> = new Map([
  ...["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"].map(
    (word, number) => [word, String(number + 1)] as const,
  ),
  ["grey", "gray"],
]);

/** An answer as LXMERT's pretraining table spells it: lower case, no final full stop, no leading article. */
export function normaliseAnswer(answer: string): string {
  let text = answer.toLowerCase();
  if (text.endsWith(".")) text = text.slice(0, -1).trim();
  for (const article of ["a ", "an ", "the "]) if (text.startsWith(article)) text = text.slice(article.length).trim();
  return SPELLINGS.get(text) ?? text;
}
