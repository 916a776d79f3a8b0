import { existsSync, readFileSync } from "node:fs";
import { DataError } from "../error.ts";

/** Where an image's record is, and where in the source its row ended; one line of a store's index. */
export interface IndexEntry {
  readonly imageId: string;
  readonly count: number;
  /** Byte offset of the record. */
  readonly offset: number;
  /** Byte offset after the record. */
  readonly end: number;
  /** Byte offset after the row in the source file. */
  readonly sourceEnd: number;
}

export interface IndexFile {
  /** Its first line: what is converted, and how. */
  readonly header: string;
  readonly entries: readonly IndexEntry[];
  /** Length of the whole lines. */
  readonly bytes: number;
}

/** The entry as a line of an index, line end included. */
export function formatEntry({ imageId, count, offset, end, sourceEnd }: IndexEntry): string {
  return `${imageId}\t${count}\t${offset}\t${end}\t${sourceEnd}\n`;
}

/** The whole lines of an index; what a killed conversion left of its last line is not one. Null for no index. */
export function readIndex(path: string): IndexFile | null {
  if (!existsSync(path)) return null;
  const text = readFileSync(path, "utf8");
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  if (whole === "") return null;
  const [header = "", ...lines] = whole.slice(0, -1).split("\n");
  const entries = lines.map((line, i) => parseEntry(line, `${path}:${i + 2}`));
  return { header, entries, bytes: Buffer.byteLength(whole) };
}

function parseEntry(line: string, place: string): IndexEntry {
  const [imageId = "", ...numbers] = line.split("\t");
  const [count = -1, offset = -1, end = -1, sourceEnd = -1] = numbers.map(Number);
  if (numbers.length !== 4 || ![count, offset, end, sourceEnd].every((n) => Number.isSafeInteger(n) && n >= 0)) {
    throw new DataError(`${place}: not an index entry; delete the store's folder and convert the TSV again`);
  }
  return { imageId, count, offset, end, sourceEnd };
}
