/** Advance widths of Inter at weight 600 in hundredths of an em, for the characters U+0020 to U+007E (read from the font file). */
const INTER_600 = [
  25, 32, 52, 64, 65, 100, 66, 33, 37, 37, 54, 67, 32, 47, 32, 38, 66, 42, 62, 64, 67, 61, 64, 58, 64, 64, 32, 33, 67,
  67, 67, 54, 100, 73, 66, 74, 72, 61, 59, 75, 75, 28, 58, 70, 57, 92, 76, 77, 65, 77, 65, 65, 66, 74, 73, 102, 72, 71,
  65, 37, 38, 37, 48, 47, 35, 57, 62, 58, 62, 59, 39, 63, 61, 26, 26, 57, 26, 90, 61, 61, 62, 62, 40, 55, 35, 61, 59,
  84, 57, 59, 57, 45, 36, 45, 67,
];
/** Persian letters of Vazirmatn are 0.52 em wide on average; this leaves room for the wide ones. */
const OTHER = 62;

/** Width of a label in pixels, without a browser at hand. */
export function textWidth(words: string, fontSize: number): number {
  let hundredths = 0;
  for (const character of words) hundredths += INTER_600[(character.codePointAt(0) ?? 0) - 32] ?? OTHER;
  return (hundredths * fontSize) / 100;
}

/** Marks that turn text around: where words are cut, the one that ends them may be lost. */
const TURNS = /[\u202a-\u202e\u2066-\u2069]/gu;

/** The words cut to a width, with an ellipsis where something was cut; without marks that turn them around. */
export function fitText(words: string, fontSize: number, width: number): string {
  const characters = [...words.replace(TURNS, "")];
  if (textWidth(characters.join(""), fontSize) <= width) return characters.join("");
  while (characters.length > 1 && textWidth(`${characters.join("")}…`, fontSize) > width) characters.pop();
  return `${characters.join("").trimEnd()}…`;
}
