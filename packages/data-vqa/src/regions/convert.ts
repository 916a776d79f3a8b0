import { createHash, type Hash } from "node:crypto";
import * as fs from "node:fs";
import { basename, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { DataError } from "../error.ts";
import { formatEntry, type IndexEntry, readIndex } from "./index-file.ts";
import { INDEX_FILE, readManifest, RECORDS_FILE, type StoreManifest, writeManifest } from "./manifest.ts";
import { encodeRecord, type FeatureType } from "./record.ts";
import { readRegionTsv } from "./tsv.ts";

export interface ConversionProgress {
  readonly images: number;
  readonly bytes: number;
  readonly totalBytes: number;
  /** Source bytes a second, of this run. */
  readonly bytesPerSecond: number;
  readonly secondsLeft: number;
}

export interface ConvertOptions {
  readonly featureType?: FeatureType;
  /** Called about twice a second. */
  readonly onProgress?: (progress: ConversionProgress) => void;
  /** Stops the conversion after the row at hand; running it again takes it up there. */
  readonly signal?: AbortSignal;
}

const PROGRESS_MILLISECONDS = 500;
/** Left free beyond what the store needs. */
const SPARE_BYTES = 1 << 26;

/**
 * Convert an `obj36` feature file to a random-access store, once. A conversion that was killed is taken up after the
 * last image that was written; a store that is already whole and of this source is left as it is.
 * @param source the TSV file
 * @param folder the store, made if need be
 */
export async function convertRegions(
  source: string,
  folder: string,
  options: ConvertOptions = {},
): Promise<StoreManifest> {
  const { featureType = "float32" } = options;
  const stat = fs.statSync(source, { throwIfNoEntry: false });
  if (!stat?.isFile())
    throw new DataError(`${source} ${stat ? "is not a file" : "does not exist"}; name the TSV file itself`);
  const finished = readManifest(folder);
  if (finished) return keepFinished(finished, source, stat.size, featureType, folder);
  fs.mkdirSync(folder, { recursive: true });
  const writer = new StoreWriter(source, folder, featureType);
  try {
    checkFreeSpace(folder, stat.size - writer.sourceEnd, featureType);
    await writer.run(stat.size, options);
    return writer.finish(stat.size);
  } catch (error) {
    throw explainDiskError(error, folder, writer.images);
  } finally {
    writer.close();
  }
}

function keepFinished(
  finished: StoreManifest,
  source: string,
  bytes: number,
  featureType: FeatureType,
  folder: string,
): StoreManifest {
  if (
    finished.source.bytes === bytes &&
    finished.source.name === basename(source) &&
    finished.featureType === featureType
  ) {
    return finished;
  }
  throw new DataError(
    `${folder} already holds a ${finished.featureType} store of ${finished.source.name} ` +
      `(${finished.source.bytes} bytes); delete it or name another folder`,
  );
}

/** A store being written: records first, then the index line that makes them count. */
class StoreWriter {
  readonly #source: string;
  readonly #folder: string;
  readonly #featureType: FeatureType;
  readonly #records: number;
  readonly #index: number;
  readonly #seen = new Set<string>();
  readonly #regions = { fewest: Infinity, most: 0 };
  #featureWidth: number | null = null;
  #end = 0;
  #indexEnd = 0;
  #sourceEnd = 0;
  #sha256: Hash = createHash("sha256");

  constructor(source: string, folder: string, featureType: FeatureType) {
    this.#source = source;
    this.#folder = folder;
    this.#featureType = featureType;
    this.#records = openForUpdate(join(folder, RECORDS_FILE));
    this.#index = openForUpdate(join(folder, INDEX_FILE));
    this.#resume();
  }

  get images(): number {
    return this.#seen.size;
  }

  get sourceEnd(): number {
    return this.#sourceEnd;
  }

  async run(totalBytes: number, { onProgress, signal }: ConvertOptions): Promise<void> {
    this.#hashPrefix();
    const began = { time: performance.now(), bytes: this.#sourceEnd };
    let reported = began.time;
    const start = { line: this.#seen.size, end: this.#sourceEnd };
    for (const row of readRegionTsv(this.#source, start, (bytes) => this.#sha256.update(bytes))) {
      this.#checkRow(row.imageId, row.line, row.featureWidth);
      this.#append(encodeRecord(row, this.#featureType), row);
      const now = performance.now();
      if (now - reported < PROGRESS_MILLISECONDS) continue;
      reported = now;
      const bytesPerSecond = ((this.#sourceEnd - began.bytes) / (now - began.time)) * 1000;
      const secondsLeft = (totalBytes - this.#sourceEnd) / bytesPerSecond;
      onProgress?.({ images: this.images, bytes: this.#sourceEnd, totalBytes, bytesPerSecond, secondsLeft });
      // Lets signal handlers and timers run.
      await setImmediate();
      if (signal?.aborted) throw new DataError(`stopped after ${this.images} images; run it again to go on from there`);
    }
  }

  finish(sourceBytes: number): StoreManifest {
    fs.fsyncSync(this.#records);
    fs.fsyncSync(this.#index);
    const manifest: StoreManifest = {
      format: "ticketbench-regions",
      version: 1,
      source: { name: basename(this.#source), bytes: sourceBytes, sha256: this.#sha256.digest("hex") },
      images: this.images,
      featureWidth: this.#featureWidth ?? 0,
      regions: this.#regions,
      featureType: this.#featureType,
      recordBytes: this.#end,
    };
    writeManifest(this.#folder, manifest);
    return manifest;
  }

  close(): void {
    fs.closeSync(this.#records);
    fs.closeSync(this.#index);
  }

  /** Take over what an earlier run finished, and cut off what it did not. */
  #resume(): void {
    const { entries, bytes } = readIndex(join(this.#folder, INDEX_FILE));
    this.#checkSource(entries);
    for (const entry of entries) this.#count(entry);
    this.#indexEnd = bytes;
    fs.ftruncateSync(this.#index, bytes);
    fs.ftruncateSync(this.#records, this.#end);
    const [first] = entries;
    if (!first) return;
    const featureBytes = first.end - first.offset - first.count * 32;
    this.#featureWidth = featureBytes / first.count / (this.#featureType === "float32" ? 4 : 2);
  }

  /** What was taken over must have come from this source: the last row is looked up in it. */
  #checkSource(entries: readonly IndexEntry[]): void {
    const last = entries.at(-1);
    if (!last) return;
    const expected = Buffer.from(`${last.imageId}\t`);
    const found = Buffer.alloc(expected.length);
    const source = fs.openSync(this.#source, "r");
    fs.readSync(source, found, 0, found.length, entries.at(-2)?.sourceEnd ?? 0);
    fs.closeSync(source);
    if (found.equals(expected)) return;
    throw new DataError(
      `${this.#folder} holds the beginning of another file's conversion; delete it or name another folder`,
    );
  }

  #checkRow(imageId: string, line: number, featureWidth: number): void {
    const where = `${this.#source}:${line}: image ${imageId}`;
    if (this.#seen.has(imageId)) throw new DataError(`${where} appears a second time; remove one of the rows`);
    this.#featureWidth ??= featureWidth;
    if (featureWidth !== this.#featureWidth) {
      throw new DataError(`${where} has features of width ${featureWidth}, those before have ${this.#featureWidth}`);
    }
  }

  #append(
    record: Uint8Array,
    { imageId, count, end: sourceEnd }: { imageId: string; count: number; end: number },
  ): void {
    const entry = { imageId, count, offset: this.#end, end: this.#end + record.length, sourceEnd };
    writeWhole(this.#records, record, entry.offset);
    const line = Buffer.from(formatEntry(entry));
    writeWhole(this.#index, line, this.#indexEnd);
    this.#indexEnd += line.length;
    this.#count(entry);
  }

  #count({ imageId, count, end, sourceEnd }: IndexEntry): void {
    this.#seen.add(imageId);
    this.#regions.fewest = Math.min(this.#regions.fewest, count);
    this.#regions.most = Math.max(this.#regions.most, count);
    this.#end = end;
    this.#sourceEnd = sourceEnd;
  }

  /** The manifest names the hash of the whole source, so what an earlier run read is hashed again. */
  #hashPrefix(): void {
    const source = fs.openSync(this.#source, "r");
    const chunk = new Uint8Array(1 << 22);
    for (let at = 0; at < this.#sourceEnd; ) {
      const read = fs.readSync(source, chunk, 0, Math.min(chunk.length, this.#sourceEnd - at), at);
      if (read === 0)
        throw new DataError(`${this.#source} is shorter than when its conversion began; delete ${this.#folder}`);
      this.#sha256.update(chunk.subarray(0, read));
      at += read;
    }
    fs.closeSync(source);
  }
}

function openForUpdate(path: string): number {
  return fs.openSync(path, fs.existsSync(path) ? "r+" : "w+");
}

function writeWhole(file: number, bytes: Uint8Array, position: number): void {
  for (let at = 0; at < bytes.length; ) {
    at += fs.writeSync(file, bytes, at, bytes.length - at, position + at);
  }
}

function checkFreeSpace(folder: string, sourceBytes: number, featureType: FeatureType): void {
  const { bavail, bsize } = fs.statfsSync(folder);
  const needed = sourceBytes * (featureType === "float32" ? 0.75 : 0.375) + SPARE_BYTES;
  if (bavail * bsize >= needed) return;
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  throw new DataError(
    `${folder}: the store needs ${gigabytes(needed)}, only ${gigabytes(bavail * bsize)} are free; ` +
      `free some, name a folder on another disk, or keep features as float16`,
  );
}

function explainDiskError(error: unknown, folder: string, images: number): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code !== "ENOSPC" && code !== "EDQUOT") return error;
  return new DataError(
    `${folder}: the disk is full after ${images} images; free space and run again to go on from there`,
  );
}
