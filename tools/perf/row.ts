import { writeFileSync } from "node:fs";

/** One measured figure. `bar` is what it is held to; null where it is only reported. */
export interface PerfRow {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly bar: number | null;
  readonly better: "higher" | "lower";
}

function meets(row: PerfRow): boolean {
  if (row.bar === null) return true;
  return row.better === "higher" ? row.value >= row.bar : row.value <= row.bar;
}

const digits = new Intl.NumberFormat("en", { maximumSignificantDigits: 4, useGrouping: true });

/** Prints the rows as a table: figure, unit, bar, and whether the bar is met. */
export function printRows(rows: readonly PerfRow[]): void {
  const width = Math.max(...rows.map((row) => row.name.length), 4);
  console.log(`${"what".padEnd(width)}  ${"measured".padStart(12)} ${"unit".padEnd(12)} ${"bar".padStart(10)}`);
  for (const row of rows) {
    const sign = row.better === "higher" ? ">=" : "<=";
    const bar = row.bar === null ? "" : `${sign} ${digits.format(row.bar)}`;
    const verdict = row.bar === null ? "" : meets(row) ? "  met" : "  MISSED";
    console.log(
      `${row.name.padEnd(width)}  ${digits.format(row.value).padStart(12)} ${row.unit.padEnd(12)} ${bar.padStart(10)}${verdict}`,
    );
  }
}

/** Writes the rows as a JSON array for machines. */
export function writeRows(file: string, rows: readonly PerfRow[]): void {
  writeFileSync(file, `${JSON.stringify(rows, null, 2)}\n`);
}
