import { closeSync, openSync, read, readSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import type { RegionLabelArrays } from "../dataset.ts";
import { DataError } from "../error.ts";
import { type IndexEntry, readIndex } from "./index-file.ts";
import { INDEX_FILE, readManifest, RECORDS_FILE, type StoreManifest } from "./manifest.ts";
import { featureBytes, headBytes, headLabels } from "./record.ts";

const readAsync = promisify(read);

/** How the folder of a store is named. */
export const STORE_ENDING = ".regions";

/** Where the store of a feature file is kept: beside it, or in another folder. */
export function storeFolder(source: string, parent = dirname(source)): string {
  return join(parent, `${basename(source, ".tsv")}${STORE_ENDING}`);
}

/** Random access to the regions of many images on disk; memory holds the index alone, however large the store. */
export class RegionStore {
  readonly folder: string;
  readonly manifest: StoreManifest;
  readonly #entries: ReadonlyMap<string, IndexEntry>;
  readonly #records: number;

  private constructor(folder: string, manifest: StoreManifest) {
    const entries = readIndex(join(folder, INDEX_FILE))?.entries ?? [];
    if (entries.length !== manifest.images) {
      throw new DataError(
        `${folder} indexes ${entries.length} images instead of ${manifest.images}; convert the TSV again`,
      );
    }
    this.folder = folder;
    this.manifest = manifest;
    this.#entries = new Map(entries.map((entry) => [entry.imageId, entry]));
    this.#records = openSync(join(folder, RECORDS_FILE), "r");
  }

  /** Throws DataError for a folder that is no store or whose conversion is unfinished. */
  static open(folder: string): RegionStore {
    const manifest = readManifest(folder);
    if (!manifest) throw new DataError(`${folder} is no finished region store; convert the TSV (again) to it`);
    return new RegionStore(folder, manifest);
  }

  get imageIds(): MapIterator<string> {
    return this.#entries.keys();
  }

  has(imageId: string): boolean {
    return this.#entries.has(imageId);
  }

  /** Write the `count` first regions of an image at `row`: features [count, width], boxes [count, 4] as fractions. */
  fillRegions(imageId: string, count: number, features: Float32Array, boxes: Float32Array, row: number): void {
    const { runs, finish } = this.#runs(imageId, count, features, boxes, row);
    for (const { into, position } of runs) this.#read(into, position, imageId);
    finish();
  }

  /** The same, read by other threads while the caller goes on. */
  async readRegions(
    imageId: string,
    count: number,
    features: Float32Array,
    boxes: Float32Array,
    row: number,
  ): Promise<void> {
    const { runs, finish } = this.#runs(imageId, count, features, boxes, row);
    await Promise.all(runs.map(({ into, position }) => this.#readLater(into, position, imageId)));
    finish();
  }

  /** The two runs of bytes that hold the first regions of an image, and what is to be done when they are read. */
  #runs(imageId: string, count: number, features: Float32Array, boxes: Float32Array, row: number) {
    const entry = this.#entry(imageId, count);
    const { featureWidth, featureType } = this.manifest;
    const head = { into: bytesOf(boxes, row * 4, count * 4), position: entry.offset };
    const position = entry.offset + headBytes(entry.count);
    if (featureType === "float32") {
      const into = bytesOf(features, row * featureWidth, count * featureWidth);
      return { runs: [head, { into, position }], finish: () => undefined };
    }
    const into = new Uint8Array(featureBytes(count, featureWidth, featureType));
    return {
      runs: [head, { into, position }],
      finish: () => features.set(new Float16Array(into.buffer), row * featureWidth),
    };
  }

  /** Write what the detector said of the `count` first regions of an image at `row`. */
  fillLabels(imageId: string, count: number, into: RegionLabelArrays, row: number): void {
    const entry = this.#entry(imageId, count);
    const head = new Uint8Array(headBytes(entry.count));
    this.#read(head, entry.offset, imageId);
    const labels = headLabels(head, entry.count);
    into.objectIds.set(labels.objectIds.subarray(0, count), row);
    into.attributeIds.set(labels.attributeIds.subarray(0, count), row);
    into.confidences.set(labels.objectConfidences.subarray(0, count), row);
  }

  close(): void {
    closeSync(this.#records);
  }

  #entry(imageId: string, count: number): IndexEntry {
    const entry = this.#entries.get(imageId);
    if (!entry) throw new DataError(`${this.folder} has no image ${imageId}; extract its features and convert again`);
    if (count > entry.count) {
      throw new DataError(
        `${this.folder}: image ${imageId} has ${entry.count} regions; read at most that many, not ${count}`,
      );
    }
    return entry;
  }

  #read(into: Uint8Array, position: number, imageId: string): void {
    for (let at = 0; at < into.length; ) {
      const got = readSync(this.#records, into, at, into.length - at, position + at);
      if (got === 0) throw this.#cutOff(imageId);
      at += got;
    }
  }

  async #readLater(into: Uint8Array, position: number, imageId: string): Promise<void> {
    for (let at = 0; at < into.length; ) {
      const { bytesRead } = await readAsync(this.#records, into, at, into.length - at, position + at);
      if (bytesRead === 0) throw this.#cutOff(imageId);
      at += bytesRead;
    }
  }

  #cutOff(imageId: string): DataError {
    return new DataError(`${this.folder} is cut off in image ${imageId}; convert the TSV again`);
  }
}

function bytesOf(values: Float32Array, from: number, length: number): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset + from * 4, length * 4);
}
