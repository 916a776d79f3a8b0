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
  type SafetensorsHeader,
  type StoredDtype,
} from "./safetensors.ts";
import type { Weights, WeightTensor } from "./weights.ts";

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
 * Reads tensors one by one straight into their arrays: memory is the file's size, no more. Values of any dtype become
 * 32-bit floats.
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
  const native = new Map<string, NativeTensor>();
  for (const [name, { dtype, shape, begin, end }] of tensors) {
    if (!wanted(name)) continue;
    const bytes = new Uint8Array(end - begin);
    await readExactly(file, dataStart + begin, bytes, path);
    native.set(name, { dtype, shape, values: viewAs(dtype, bytes) });
  }
  return native;
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
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
  await rename(unfinished, path);
}
