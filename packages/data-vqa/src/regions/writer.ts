import * as fs from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { writeWhole } from "../disk.ts";
import { DataError } from "../error.ts";
import { formatEntry, type IndexEntry, readIndex } from "./index-file.ts";
import { INDEX_FILE, RECORDS_FILE } from "./manifest.ts";
import { encodeRecord, type FeatureType, featureWidthOf } from "./record.ts";
import type { RegionRow, RowPlace } from "./tsv.ts";

const FLUSH_BYTES = 1 << 26;
const sync = promisify(fs.fsync);

/**
 * A store being written: records first, then the index line that makes them count, so that whatever moment it is killed
 * at, the whole lines of the index speak of whole records.
 */
export class StoreWriter {
  readonly #featureType: FeatureType;
  readonly #records: number;
  readonly #index: number;
  readonly #seen = new Set<string>();
  readonly #regions = { fewest: Infinity, most: 0 };
  #featureWidth: number | null = null;
  #end = 0;
  #indexEnd = 0;
  #sourceEnd = 0;
  #unflushed = 0;
  /** Under way on another thread; one that failed stays, and fails the end. */
  #flushing: Promise<void> | null = null;

  /**
   * Takes over what an earlier run finished, if it wrote the same header: the same source, unchanged, in the same type.
   * @param header one line
   */
  constructor(folder: string, featureType: FeatureType, header: string) {
    this.#featureType = featureType;
    const index = readIndex(join(folder, INDEX_FILE));
    this.#records = openForUpdate(join(folder, RECORDS_FILE));
    this.#index = openForUpdate(join(folder, INDEX_FILE));
    if (index?.header === header) {
      for (const entry of index.entries) this.#count(entry);
      this.#indexEnd = index.bytes;
    }
    fs.ftruncateSync(this.#records, this.#end);
    fs.ftruncateSync(this.#index, this.#indexEnd);
    if (this.#indexEnd === 0) this.#appendLine(`${header}\n`);
  }

  get images(): number {
    return this.#seen.size;
  }

  /** Where in the source to go on. */
  get place(): RowPlace {
    return { line: this.#seen.size, end: this.#sourceEnd };
  }

  /** Throws DataError for an image that is already there or that has features of another width than the others. */
  append(row: RegionRow & RowPlace, source: string): void {
    const where = `${source}:${row.line}: image ${row.imageId}`;
    if (this.#seen.has(row.imageId)) throw new DataError(`${where} appears a second time; remove one of the rows`);
    this.#featureWidth ??= row.featureWidth;
    if (row.featureWidth !== this.#featureWidth) {
      throw new DataError(
        `${where} has features of width ${row.featureWidth}, those before have ${this.#featureWidth}`,
      );
    }
    const [head, features] = encodeRecord(row, this.#featureType);
    const { imageId, count, end: sourceEnd } = row;
    const entry = { imageId, count, offset: this.#end, end: this.#end + head.length + features.length, sourceEnd };
    writeWhole(this.#records, head, entry.offset);
    writeWhole(this.#records, features, entry.offset + head.length);
    this.#appendLine(formatEntry(entry));
    this.#count(entry);
    this.#flushBehind(entry.end - entry.offset);
  }

  /** Everything is on the disk; what a manifest says of it. */
  async finish() {
    await this.#flushing;
    await Promise.all([sync(this.#records), sync(this.#index)]);
    const { images } = this;
    return { images, featureWidth: this.#featureWidth ?? 0, regions: { ...this.#regions }, recordBytes: this.#end };
  }

  async close(): Promise<void> {
    await this.#flushing?.catch(() => undefined);
    fs.closeSync(this.#records);
    fs.closeSync(this.#index);
  }

  /** Has the disk write what is there while more is converted, so that little is left to wait for at the end. */
  #flushBehind(bytes: number): void {
    this.#unflushed += bytes;
    if (this.#unflushed < FLUSH_BYTES || this.#flushing) return;
    this.#unflushed = 0;
    const flushing = sync(this.#records);
    this.#flushing = flushing;
    flushing.then(
      () => (this.#flushing = null),
      () => undefined,
    );
  }

  #appendLine(line: string): void {
    const bytes = Buffer.from(line);
    writeWhole(this.#index, bytes, this.#indexEnd);
    this.#indexEnd += bytes.length;
  }

  #count({ imageId, count, offset, end, sourceEnd }: IndexEntry): void {
    this.#seen.add(imageId);
    this.#regions.fewest = Math.min(this.#regions.fewest, count);
    this.#regions.most = Math.max(this.#regions.most, count);
    this.#featureWidth ??= featureWidthOf(end - offset, count, this.#featureType);
    this.#end = end;
    this.#sourceEnd = sourceEnd;
  }
}

function openForUpdate(path: string): number {
  return fs.openSync(path, fs.existsSync(path) ? "r+" : "w+");
}
