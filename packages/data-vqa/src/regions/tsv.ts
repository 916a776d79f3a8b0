import { closeSync, readSync } from "node:fs";
import { openFile } from "../disk.ts";
import { DataError } from "../error.ts";

/** The columns of LXMERT's feature files, tab-separated and without a header line. */
const COLUMNS = [
  "img_id",
  "img_h",
  "img_w",
  "objects_id",
  "objects_conf",
  "attrs_id",
  "attrs_conf",
  "num_boxes",
  "boxes",
  "features",
] as const;
type Column = (typeof COLUMNS)[number];

/** One image of a feature file: what a detector found, most confident first as far as the file is sorted so. */
export interface RegionRow {
  readonly imageId: string;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** n */
  readonly count: number;
  /** [n] */
  readonly objectIds: Int32Array;
  readonly objectConfidences: Float32Array;
  readonly attributeIds: Int32Array;
  readonly attributeConfidences: Float32Array;
  /** x1, y1, x2, y2 in pixels [n, 4]. */
  readonly boxes: Float32Array;
  /** [n, featureWidth] */
  readonly features: Float32Array;
  readonly featureWidth: number;
}

/** Where a row stands in its file. */
export interface RowPlace {
  /** From 1. */
  readonly line: number;
  /** Offset of the byte after the row and its line end. */
  readonly end: number;
}

const READ_BYTES = 1 << 22;
/** 100 boxes of 8,192 floats are 4.4 MB of base64: what is longer than this is no feature file. */
const LONGEST_LINE = 1 << 26;
const LINE_FEED = 10;
/** LXMERT's own tolerance for boxes, as a fraction of the image. */
const BOX_TOLERANCE = 1e-5;

/**
 * Stream the rows of an `obj36` feature file, with LF or CRLF line ends, with or without a final one.
 * @param start byte offset and line to begin at, for a conversion that is taken up again
 * Throws DataError with file and line for a row that is cut off, does not decode or makes no sense.
 */
export function* readRegionTsv(
  path: string,
  start: RowPlace = { line: 0, end: 0 },
): Generator<RegionRow & RowPlace, void, undefined> {
  let { line, end } = start;
  for (const text of regionLines(path, end)) {
    line++;
    end += text.length;
    yield { ...parseRegionRow(text, `${path}:${line}`), line, end };
  }
}

/**
 * The lines of a feature file with their line ends, a character a byte (Latin-1). Many are cut from one string, since
 * making a string of each line would cost more than decoding its base64.
 */
export function* regionLines(path: string, from = 0): Generator<string, void, undefined> {
  const { file, size } = openFile(path);
  try {
    let buffer: Buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, size + 1));
    let [filled, position] = [0, from];
    for (;;) {
      if (filled === buffer.length) buffer = grow(buffer, path);
      const read = readSync(file, buffer, filled, buffer.length - filled, position);
      if (read === 0) break;
      filled += read;
      position += read;
      const whole = buffer.subarray(0, filled).lastIndexOf(LINE_FEED) + 1;
      yield* cutLines(buffer.toString("latin1", 0, whole));
      buffer.copyWithin(0, whole, filled);
      filled -= whole;
    }
    if (filled > 0) yield buffer.toString("latin1", 0, filled);
    else if (position === 0) throw new DataError(`${path} is empty; fetch or write it again`);
  } finally {
    closeSync(file);
  }
}

function* cutLines(text: string): Generator<string, void, undefined> {
  for (let begin = 0; begin < text.length; ) {
    const end = text.indexOf("\n", begin) + 1;
    yield text.substring(begin, end);
    begin = end;
  }
}

function grow(buffer: Buffer, path: string): Buffer {
  if (buffer.length >= LONGEST_LINE) {
    throw new DataError(`${path}: a line is longer than ${LONGEST_LINE} bytes; this is not a feature file`);
  }
  return Buffer.concat([buffer], buffer.length * 2);
}

/**
 * Read one row.
 * @param line a character a byte, with or without its line end
 * @param place file and line, for errors
 */
export function parseRegionRow(line: string, place: string): RegionRow {
  const cells = splitCells(line, place);
  const imageId = decodeText(cells.img_id, place);
  const where = `${place}: image ${imageId}`;
  const count = wholeNumber(cells.num_boxes, "num_boxes", where);
  const [width, height] = [wholeNumber(cells.img_w, "img_w", where), wholeNumber(cells.img_h, "img_h", where)];
  const floats = (column: Column, each: number) =>
    new Float32Array(decode(cells[column], column, count * each * 4, where));
  const features = new Float32Array(decode(cells.features, "features", null, where));
  const featureWidth = features.length / count;
  if (!Number.isInteger(featureWidth) || featureWidth === 0) {
    throw new DataError(`${where}: ${features.length} feature values do not divide among ${count} boxes`);
  }
  const row: RegionRow = {
    ...{ imageId, width, height, count, features, featureWidth },
    objectIds: decodeIds(cells.objects_id, "objects_id", count, where),
    objectConfidences: floats("objects_conf", 1),
    attributeIds: decodeIds(cells.attrs_id, "attrs_id", count, where),
    attributeConfidences: floats("attrs_conf", 1),
    boxes: floats("boxes", 4),
  };
  checkFinite(row, where);
  checkBoxes(row, where);
  return row;
}

function splitCells(line: string, place: string): Record<Column, string> {
  const length = line.endsWith("\r\n") ? line.length - 2 : line.endsWith("\n") ? line.length - 1 : line.length;
  if (length === 0) throw new DataError(`${place}: the line is empty; remove it`);
  const cells: Partial<Record<Column, string>> = {};
  let begin = 0;
  for (const [i, column] of COLUMNS.entries()) {
    const last = i === COLUMNS.length - 1;
    const end = last ? length : line.indexOf("\t", begin);
    if (end < 0)
      throw new DataError(`${place}: ${i + 1} columns instead of ${COLUMNS.length}; the file may be cut off`);
    cells[column] = line.substring(begin, end);
    begin = end + 1;
  }
  return cells as Record<Column, string>;
}

function decodeText(cell: string, place: string): string {
  const text = Buffer.from(cell, "latin1").toString();
  if (text === "" || text.includes("\ufffd")) throw new DataError(`${place}: img_id is empty or not valid UTF-8`);
  return text;
}

function wholeNumber(text: string, column: Column, where: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new DataError(`${where}: ${column} is "${text.slice(0, 20)}", not a positive number`);
  return Number(text);
}

/** The bytes of a base64 cell, which must be `expected` many (a multiple of 4 where null). */
function decode(cell: string, column: Column, expected: number | null, where: string): ArrayBuffer {
  const padding = cell.endsWith("==") ? 2 : cell.endsWith("=") ? 1 : 0;
  const length = (cell.length / 4) * 3 - padding;
  if (cell.length % 4 !== 0 || length % 4 !== 0 || (expected !== null && length !== expected)) {
    const wanted = expected === null ? "a multiple of 4" : String(expected);
    throw new DataError(
      `${where}: ${column} has ${cell.length} base64 characters, not those of ${wanted} bytes; cut off?`,
    );
  }
  const bytes = Buffer.allocUnsafeSlow(length);
  // Node skips what is not base64, so a character that does not belong leaves the result short.
  if (bytes.write(cell, "base64") !== length) {
    throw new DataError(`${where}: ${column} contains characters that are not base64`);
  }
  return bytes.buffer;
}

/** Ids are int64 in the file; no vocabulary is longer than an int32 can count. */
function decodeIds(cell: string, column: Column, count: number, where: string): Int32Array {
  const words = new Int32Array(decode(cell, column, count * 8, where));
  const ids = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    ids[i] = words[2 * i] ?? 0;
    if ((ids[i] ?? 0) < 0 || words[2 * i + 1] !== 0) throw new DataError(`${where}: ${column} ${i} is not an index`);
  }
  return ids;
}

function checkFinite({ features, objectConfidences, attributeConfidences }: RegionRow, where: string): void {
  for (const [name, values] of Object.entries({ features, objectConfidences, attributeConfidences })) {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += (values[i] ?? 0) * 0;
    if (sum === 0) continue;
    const at = values.findIndex((value) => !Number.isFinite(value));
    throw new DataError(`${where}: ${name} ${at} is ${values[at]}; extract this image again`);
  }
}

function checkBoxes({ boxes, count, width, height }: RegionRow, where: string): void {
  for (let box = 0; box < count; box++) {
    const [x1 = NaN, y1 = NaN, x2 = NaN, y2 = NaN] = boxes.subarray(box * 4, box * 4 + 4);
    const inside = (value: number, size: number) => value / size > -BOX_TOLERANCE && value / size < 1 + BOX_TOLERANCE;
    if (![x1, x2].every((x) => inside(x, width)) || ![y1, y2].every((y) => inside(y, height))) {
      throw new DataError(
        `${where}: box ${box} (${x1}, ${y1}, ${x2}, ${y2}) is outside its ${width} x ${height} image`,
      );
    }
    if (x2 < x1 || y2 < y1) throw new DataError(`${where}: box ${box} ends before it begins`);
  }
}

/** Boxes as fractions of the image, rounded to float32 once, [n, 4]. */
export function normalisedBoxes({ boxes, width, height }: Pick<RegionRow, "boxes" | "width" | "height">): Float32Array {
  return boxes.map((value, i) => value / (i % 2 === 0 ? width : height));
}

/** A row as LXMERT's files hold it, without line end. */
export function formatRow(row: RegionRow): string {
  const base64 = (values: Float32Array | BigInt64Array): string =>
    Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("base64");
  const ids = (values: Int32Array): string => base64(BigInt64Array.from(values, BigInt));
  const cells: Record<Column, string | number> = {
    ...{ img_id: row.imageId, img_h: row.height, img_w: row.width },
    ...{ objects_id: ids(row.objectIds), objects_conf: base64(row.objectConfidences) },
    ...{ attrs_id: ids(row.attributeIds), attrs_conf: base64(row.attributeConfidences) },
    ...{ num_boxes: row.count, boxes: base64(row.boxes), features: base64(row.features) },
  };
  return COLUMNS.map((column) => cells[column]).join("\t");
}
