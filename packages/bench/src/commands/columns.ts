export interface ColumnSettings {
  /** Columns aligned to the right, from 0. */
  readonly right?: readonly number[];
  /** Characters a line may have; the last column is broken between words to fit, if it is left a dozen of them. */
  readonly width?: number;
}

const GAP = "  ";
const NARROWEST = 12;

/** Rows under a head and a line, each column as wide as its widest cell. */
export function columns(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { right = [], width = Infinity }: ColumnSettings = {},
): string {
  const last = head.length - 1;
  const widths = head.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const before = widths.slice(0, last).reduce((sum, each) => sum + each + GAP.length, 0);
  widths[last] = Math.min(widths[last] ?? 0, Math.max(NARROWEST, width - before));
  const line = (row: readonly string[]): string[] => {
    const [first = "", ...more] = wrap(row[last] ?? "", widths[last] ?? 0);
    const cells = [...row.slice(0, last), first].map((cell, i) =>
      right.includes(i) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0),
    );
    return [cells.join(GAP).trimEnd(), ...more.map((text) => " ".repeat(before) + text)];
  };
  const rule = "─".repeat(before + (widths[last] ?? 0));
  return [...line(head), rule, ...rows.flatMap(line)].join("\n");
}

/** Broken between words; a word that is longer than a line has one of its own. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const current = lines.at(-1);
    if (current === undefined || current.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${current} ${word}`;
  }
  return lines;
}
