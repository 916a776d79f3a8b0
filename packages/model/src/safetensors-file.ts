import { randomUUID } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { type NativeTensor, toFloat32, viewAs } from "./dtype.ts";
import { openForReading, readExactly } from "./file.ts";
import {
  encodeHeader,
  encodeValues,
  headerLength,
  LENGTH_BYTES,
  parseHeader,
  type SafetensorsEntry,
  type SafetensorsHeader,
  type StoredDtype,
} from "./safetensors.ts";
import type { Weights, WeightTensor } from "./weights.ts";

/** Copying out of the file cache and getting memory for it is work for more than one core. */
const CONCURRENT_READS = 4;

/** Memory in few large pieces costs less to get than tensor by tensor, and is read without a pause. */
const RUN_BYTES = 2 ** 28;

async function headerOf(file: FileHandle, path: string): Promise<SafetensorsHeader> {
  const { size } = await file.stat();
  const start = new Uint8Array(Math.min(LENGTH_BYTES, size));
  await readExactly(file, 0, start, path);
  const json = new Uint8Array(headerLength(start, size, path));
  await readExactly(file, LENGTH_BYTES, json, path);
  return parseHeader(json, size, path);
}

/** Names, dtypes, shapes and metadata of a file, without its values. */
export async function readSafetensorsHeader(path: string): Promise<SafetensorsHeader> {
  await using file = await openForReading(path);
  return await headerOf(file, path);
}

/**
 * Reads tensors straight into their arrays, neighbours in the file into one piece of memory: as much memory as the file,
 * no more. Values of any dtype become 32-bit floats.
 * @param wanted which names; left out, all
 * @throws ModelError when the file is not safetensors, or truncated
 */
export async function readSafetensors(path: string, wanted?: (name: string) => boolean): Promise<Weights> {
  const weights = new Map<string, WeightTensor>();
  for (const [name, { dtype, shape, values }] of await readNativeSafetensors(path, wanted))
    weights.set(name, { shape, values: toFloat32(dtype, values) });
  return weights;
}

/** The same with each tensor's own dtype. */
export async function readNativeSafetensors(
  path: string,
  wanted: (name: string) => boolean = () => true,
): Promise<Map<string, NativeTensor>> {
  await using file = await openForReading(path);
  const { tensors, dataStart } = await headerOf(file, path);
  const entries = [...tensors].filter(([name]) => wanted(name));
  const native = new Map<string, NativeTensor>();
  const runs = contiguousRuns(entries).values();
  const readRuns = async (): Promise<void> => {
    for (const run of runs) {
      const start = run[0]?.[1].begin ?? 0;
      const bytes = new Uint8Array((run.at(-1)?.[1].end ?? 0) - start);
      await readExactly(file, dataStart + start, bytes, path);
      for (const [name, { dtype, shape, begin, end }] of run)
        native.set(name, { dtype, shape, values: viewAs(dtype, bytes.subarray(begin - start, end - start)) });
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT_READS }, readRuns));
  return new Map(entries.map(([name]) => [name, native.get(name) as NativeTensor]));
}

type Entry = readonly [name: string, entry: SafetensorsEntry];

/** Tensors that follow one another in the file, in pieces of about RUN_BYTES. */
function contiguousRuns(entries: readonly Entry[]): readonly (readonly Entry[])[] {
  const runs: Entry[][] = [];
  for (const entry of entries.toSorted(([, a], [, b]) => a.begin - b.begin)) {
    const run = runs.at(-1);
    const [{ begin }, end] = [run?.[0]?.[1] ?? entry[1], run?.at(-1)?.[1].end];
    if (run !== undefined && end === entry[1].begin && end - begin < RUN_BYTES) run.push(entry);
    else runs.push([entry]);
  }
  return runs;
}

export interface SafetensorsWriting {
  /** F16 halves the file and rounds each value to 11 significant bits. */
  readonly dtype?: StoredDtype;
  readonly metadata?: ReadonlyMap<string, string>;
}

/** Writes tensors one by one to a new file beside `path`, then renames it: readers see the old file or the new one. */
export async function writeSafetensors(
  path: string,
  weights: Weights,
  writing: SafetensorsWriting = {},
): Promise<void> {
  const { dtype = "F32", metadata } = writing;
  const unfinished = `${path}.${randomUUID()}.part`;
  try {
    await using file = await open(unfinished, "wx");
    await file.writeFile(encodeHeader(weights, dtype, metadata));
    for (const { values } of weights.values()) await file.writeFile(encodeValues(values, dtype));
    await file.sync();
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
