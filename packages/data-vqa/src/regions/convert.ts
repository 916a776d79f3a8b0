import * as fs from "node:fs";
import { basename } from "node:path";
import { setImmediate } from "node:timers/promises";
import { checkFreeSpace, explainDiskError, hashFile, hashInBackground } from "../disk.ts";
import { DataError } from "../error.ts";
import { readManifest, STORE_FILES, type StoreManifest, writeManifest } from "./manifest.ts";
import type { FeatureType } from "./record.ts";
import { readRegionTsv } from "./tsv.ts";
import { StoreWriter } from "./writer.ts";

export interface ConversionProgress {
  readonly images: number;
  readonly bytes: number;
  readonly totalBytes: number;
  /** Source bytes a second, of this run. */
  readonly bytesPerSecond: number;
  readonly secondsLeft: number;
}

export interface ConvertOptions {
  /** How features are kept: float32 if left out, or as a store that is there already keeps them. */
  readonly featureType?: FeatureType;
  /** Called about twice a second. */
  readonly onProgress?: (progress: ConversionProgress) => void;
  /** Stops the conversion after the row at hand; running it again takes it up there. */
  readonly signal?: AbortSignal;
}

const PROGRESS_MILLISECONDS = 500;
/** From this size on, hashing is worth a thread of its own. */
const LARGE_BYTES = 1 << 26;

interface Source {
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
  /** Milliseconds. */
  readonly modified: number;
}

/**
 * Convert an `obj36` feature file to a random-access store, once. A conversion that was killed is taken up after the
 * last image that was written; a store that is already whole and of this source is left as it is.
 * @param path the TSV file
 * @param folder the store, made if need be; a folder that holds anything else is refused
 */
export async function convertRegions(
  path: string,
  folder: string,
  options: ConvertOptions = {},
): Promise<StoreManifest> {
  const source = findSource(path);
  const finished = readManifest(folder);
  if (finished) return keepFinished(finished, source, options.featureType, folder);
  const { featureType = "float32" } = options;
  const writer = openWriter(folder, featureType, source);
  const ended = new AbortController();
  try {
    const bytesPerByte = featureType === "float32" ? 0.75 : 0.375;
    checkFreeSpace(
      folder,
      (source.bytes - writer.place.end) * bytesPerByte,
      "name another disk, or keep features as float16",
    );
    const [sha256] = await Promise.all([hashSource(source, ended.signal), convertRows(source, writer, options)]);
    const manifest: StoreManifest = {
      ...{ format: "ticketbench-regions", version: 1 },
      source: { name: source.name, bytes: source.bytes, modified: source.modified, sha256 },
      ...(await writer.finish()),
      featureType,
    };
    writeManifest(folder, manifest);
    return manifest;
  } catch (error) {
    throw explainDiskError(error, `${folder} has ${writer.images} images`);
  } finally {
    ended.abort();
    await writer.close();
  }
}

async function hashSource({ path, bytes }: Source, signal: AbortSignal): Promise<string> {
  return bytes < LARGE_BYTES ? hashFile(path) : await hashInBackground(path, signal);
}

function openWriter(folder: string, featureType: FeatureType, { name, modified }: Source): StoreWriter {
  try {
    fs.mkdirSync(folder, { recursive: true });
    refuseOthers(folder);
    return new StoreWriter(folder, featureType, `${name}\t${modified}\t${featureType}`);
  } catch (error) {
    throw explainDiskError(error, `making the store ${folder}`);
  }
}

/** A store among other files would be taken for a feature file, or they for a store. */
function refuseOthers(folder: string): void {
  const other = fs.readdirSync(folder).find((file) => !STORE_FILES.has(file) && !file.startsWith("."));
  if (other === undefined) return;
  throw new DataError(`${folder} holds ${other}, which is no part of a store; name a new folder, NAME.regions`);
}

function findSource(path: string): Source {
  const stat = fs.statSync(path, { throwIfNoEntry: false });
  if (!stat) throw new DataError(`${path} does not exist; name the TSV file`);
  if (!stat.isFile()) throw new DataError(`${path} is not a file; name the TSV file itself`);
  return { path, name: basename(path), bytes: stat.size, modified: stat.mtimeMs };
}

/** A store is of a source with its name, size and time of change, or else with its very bytes. */
function keepFinished(
  manifest: StoreManifest,
  source: Source,
  featureType: FeatureType | undefined,
  folder: string,
): StoreManifest {
  const { name, bytes, modified, sha256 } = manifest.source;
  if (featureType !== undefined && manifest.featureType !== featureType) {
    throw new DataError(
      `${folder} already holds features of ${name} as ${manifest.featureType}, not ${featureType}; ` +
        `delete it or name another folder`,
    );
  }
  if (name === source.name && bytes === source.bytes) {
    if (modified === source.modified) return manifest;
    if (hashFile(source.path) === sha256) return manifest;
  }
  const other = name === source.name ? `another ${name}` : name;
  throw new DataError(
    `${folder} already holds a store of ${other} (${bytes} bytes, sha256 ${sha256}); delete it or name another folder`,
  );
}

/** Convert what is not yet converted. */
async function convertRows(source: Source, writer: StoreWriter, { onProgress, signal }: ConvertOptions): Promise<void> {
  const start = writer.place;
  const began = performance.now();
  let reported = began;
  for (const row of readRegionTsv(source.path, start)) {
    writer.append(row, source.path);
    const now = performance.now();
    if (now - reported < PROGRESS_MILLISECONDS) continue;
    reported = now;
    const bytesPerSecond = ((row.end - start.end) / (now - began)) * 1000;
    const secondsLeft = (source.bytes - row.end) / bytesPerSecond;
    onProgress?.({ images: writer.images, bytes: row.end, totalBytes: source.bytes, bytesPerSecond, secondsLeft });
    // Lets signal handlers and timers run.
    await setImmediate();
    if (signal?.aborted) throw new DataError(`stopped after ${writer.images} images; run it again to go on from there`);
  }
}
