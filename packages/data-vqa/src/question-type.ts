/** The official question types that mini-VQA's templates begin with. */
export const MINI_QUESTION_TYPES = [
  "are the",
  "are there",
  "are there any",
  "how many",
  "is the",
  "is there",
  "is there a",
  "is this a",
  "what",
  "what animal is",
  "what color is the",
  "what is",
  "what is the",
  "where is the",
  "which",
] as const;

/** What VQA calls a question that begins with none of the official prefixes. */
const NO_QUESTION_TYPE = "none of the above";

/** The longest of `types` with which the question begins, word by word, letter case aside. */
export function questionType(text: string, types: readonly string[]): string {
  const asked = `${text.toLowerCase()} `;
  let longest = "";
  for (const type of types) if (type.length > longest.length && asked.startsWith(`${type} `)) longest = type;
  return longest || NO_QUESTION_TYPE;
}
