import { randomUUID } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { ModelError } from "./error.ts";
import {
  encodeHeader,
  encodeValues,
  headerLength,
  LENGTH_BYTES,
  parseHeader,
  type SafetensorsEntry,
  type SafetensorsHeader,
  type StoredDtype,
  toFloat32,
} from "./safetensors.ts";
import type { Weights, WeightTensor } from "./weights.ts";

/** Opens for reading; a file that cannot be opened is the user's mistake. */
export async function openForReading(path: string): Promise<FileHandle> {
  try {
    return await open(path, "r");
  } catch (error) {
    throw new ModelError(`${path}: cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  }
}

/** Reads exactly that many bytes at a position, in pieces below Node's 2 GiB limit. */
export async function readExactly(file: FileHandle, position: number, bytes: Uint8Array, path: string): Promise<void> {
  const piece = 2 ** 30;
  let done = 0;
  while (done < bytes.length) {
    const { bytesRead } = await file.read(bytes, done, Math.min(piece, bytes.length - done), position + done);
    if (bytesRead === 0) throw new ModelError(`${path}: truncated at byte ${position + done}`);
    done += bytesRead;
  }
}

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
 * Reads tensors one by one straight into their arrays: memory is the file's size, no more.
 * @param wanted which names; left out, all
 * @throws ModelError when the file is not safetensors, or truncated
 */
export async function readSafetensors(path: string, wanted: (name: string) => boolean = () => true): Promise<Weights> {
  await using file = await openForReading(path);
  const { tensors, dataStart } = await headerOf(file, path);
  const weights = new Map<string, WeightTensor>();
  for (const [name, entry] of tensors) {
    if (!wanted(name)) continue;
    weights.set(name, await readTensor(file, dataStart, entry, path));
  }
  return weights;
}

async function readTensor(
  file: FileHandle,
  dataStart: number,
  { dtype, shape, begin, end }: SafetensorsEntry,
  path: string,
): Promise<WeightTensor> {
  const bytes = new Uint8Array(end - begin);
  await readExactly(file, dataStart + begin, bytes, path);
  return { shape, values: toFloat32(dtype, bytes) };
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
