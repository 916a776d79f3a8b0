/** Longest piece of a stranger's text that is shown. */
const longest = 300;

/**
 * Text from a stranger as a Markdown code span: inside one, neither Markdown, HTML, mentions, issue numbers nor links
 * mean anything. What could end the span or a table's cell, and what cannot be seen, is replaced or left out.
 */
export function untrusted(text: string, limit = longest): string {
  const line = text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ")
    .replaceAll(/\p{Cf}/gu, "")
    .replaceAll("`", "'")
    .replaceAll("|", "¦")
    .trim();
  const characters = [...line];
  const shown = characters.length > limit ? `${characters.slice(0, limit - 1).join("")}…` : line;
  return `\`${shown === "" ? "(no text)" : shown}\``;
}

/** A link to an address of ours; null where there is none or it is no http address. */
export function link(words: string, address: string | undefined): string | null {
  if (address === undefined || !URL.canParse(address)) return null;
  const { protocol, href } = new URL(address);
  if (protocol !== "https:" && protocol !== "http:") return null;
  return `[${words}](<${href.replaceAll("<", "%3C").replaceAll(">", "%3E")}>)`;
}

/** A Markdown table; the first column is text, the others are numbers. Cells hold no line breaks and no pipes. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const rule = head.map((_, column) => (column === 0 ? ":--" : "--:"));
  return [head, rule, ...rows].map(line).join("\n");
}

/** Bytes of a text as it is sent. */
export function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
