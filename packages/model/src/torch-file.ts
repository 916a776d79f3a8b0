/**
 * PyTorch checkpoints: the zip format of 1.6 and later, and the legacy format before it (four pickles, the list of
 * storages, then the storages one after the other), in which LXMERT was released.
 */
import type { FileHandle } from "node:fs/promises";
import { fromFdPromise } from "yauzl";
import { bytesPerValue, type NativeArray, type NativeTensor, newArray, viewAs } from "./dtype.ts";
import { ModelError } from "./error.ts";
import { openForReading, readExactly } from "./file.ts";
import { type PickleValue, PickleTruncatedError } from "./pickle.ts";
import { isTensor, readTorchPickle, type TorchStorage, type TorchTensor } from "./torch-pickle.ts";

/** First number of a legacy file. */
const LEGACY_MAGIC = 0x1950a86a20f9469cfc6cn;
const LEGACY_PROTOCOL = 1001;
/** More values than any tensor of this field: a damaged or hostile size. */
const MOST_VALUES = 2 ** 31;
/** How much of a legacy file is looked at first for its pickles. */
const FIRST_LOOK = 2 ** 22;

/** Where a storage's bytes lie in the file. */
interface Place {
  readonly position: number;
  readonly bytes: number;
}

export interface TorchFile {
  /** What was saved: Map, array, Set, number, bigint, string, boolean, null, Uint8Array, TorchTensor. */
  readonly root: PickleValue;
  /** A tensor's values in row-major order; a tensor that is all of its storage shares it with others that are. */
  readonly read: (tensor: TorchTensor) => Promise<NativeTensor>;
}

/** Opens a checkpoint, whichever of the two formats it has, for as long as `use` runs. */
export async function withTorchFile<T>(path: string, use: (file: TorchFile) => Promise<T>): Promise<T> {
  await using file = await openForReading(path);
  const start = new Uint8Array(2);
  const { size } = await file.stat();
  if (size >= 2) await readExactly(file, 0, start, path);
  const isZip = start[0] === 0x50 && start[1] === 0x4b;
  const { root, places } = isZip ? await openZip(file, path) : await openLegacy(file, size, path);
  return await use({ root, read: tensorReader(file, size, places, path) });
}

async function openZip(
  file: FileHandle,
  path: string,
): Promise<{ root: PickleValue; places: ReadonlyMap<string, Place> }> {
  const entries = new Map<string, Place>();
  try {
    const zip = await fromFdPromise(file.fd, { autoClose: false });
    for await (const entry of zip.eachEntry()) {
      if (entry.compressionMethod !== 0) throw new ModelError(`${path}: ${entry.fileName} is compressed`);
      const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
      // Everything lies in one folder named after the file when it was saved.
      const name = entry.fileName.slice(entry.fileName.indexOf("/") + 1);
      entries.set(name, { position: fileDataStart, bytes: entry.uncompressedSize });
    }
  } catch (error) {
    if (error instanceof ModelError) throw error;
    throw new ModelError(`${path}: damaged or truncated zip: ${(error as Error).message}`);
  }
  const pickled = entries.get("data.pkl");
  if (pickled === undefined) throw new ModelError(`${path}: a zip, but no PyTorch checkpoint: it holds no data.pkl`);
  const order = await readText(file, entries.get("byteorder"), path);
  if (order !== null && order !== "little") throw new ModelError(`${path}: byte order ${order}, expected little`);
  const bytes = new Uint8Array(pickled.bytes);
  await readExactly(file, pickled.position, bytes, path);
  const storages = new Map<string, TorchStorage>();
  const { value } = readTorchPickle(bytes, 0, storages, path);
  const places = new Map<string, Place>();
  for (const { key, dtype, size } of storages.values()) {
    const place = entries.get(`data/${key}`);
    const wanted = size * bytesPerValue(dtype);
    if (place === undefined || place.bytes < wanted)
      throw new ModelError(`${path}: storage ${key} has ${place?.bytes ?? 0} bytes, expected ${wanted}`);
    places.set(key, { position: place.position, bytes: wanted });
  }
  return { root: value, places };
}

async function readText(file: FileHandle, place: Place | undefined, path: string): Promise<string | null> {
  if (place === undefined) return null;
  const bytes = new Uint8Array(Math.min(place.bytes, 16));
  await readExactly(file, place.position, bytes, path);
  return new TextDecoder().decode(bytes).trim();
}

async function openLegacy(
  file: FileHandle,
  size: number,
  path: string,
): Promise<{ root: PickleValue; places: ReadonlyMap<string, Place> }> {
  for (let look = Math.min(FIRST_LOOK, size); ; look = Math.min(8 * look, size)) {
    const bytes = new Uint8Array(look);
    await readExactly(file, 0, bytes, path);
    try {
      const { root, storages, keys, end } = readLegacyPickles(bytes, path);
      return { root, places: await findLegacyStorages(file, storages, keys, end, path) };
    } catch (error) {
      if (!(error instanceof PickleTruncatedError) || look === size) throw error;
    }
  }
}

function readLegacyPickles(
  bytes: Uint8Array,
  path: string,
): { root: PickleValue; storages: ReadonlyMap<string, TorchStorage>; keys: readonly unknown[]; end: number } {
  if (bytes[0] !== 0x80) throw new ModelError(`${path}: neither a PyTorch checkpoint nor safetensors`);
  const storages = new Map<string, TorchStorage>();
  const magic = readTorchPickle(bytes, 0, storages, path);
  if (magic.value !== LEGACY_MAGIC) throw new ModelError(`${path}: a pickle, but no PyTorch checkpoint`);
  const protocol = readTorchPickle(bytes, magic.end, storages, path);
  if (protocol.value !== LEGACY_PROTOCOL)
    throw new ModelError(`${path}: checkpoint protocol ${String(protocol.value)}, expected ${LEGACY_PROTOCOL}`);
  const system = readTorchPickle(bytes, protocol.end, storages, path);
  if (system.value instanceof Map && system.value.get("little_endian") === false)
    throw new ModelError(`${path}: byte order big, expected little`);
  const root = readTorchPickle(bytes, system.end, storages, path);
  const keys = readTorchPickle(bytes, root.end, storages, path);
  if (!Array.isArray(keys.value)) throw new ModelError(`${path}: damaged: no list of storages`);
  return { root: root.value, storages, keys: keys.value, end: keys.end };
}

/** Each storage is preceded by the number of its values. */
async function findLegacyStorages(
  file: FileHandle,
  storages: ReadonlyMap<string, TorchStorage>,
  keys: readonly unknown[],
  start: number,
  path: string,
): Promise<ReadonlyMap<string, Place>> {
  const places = new Map<string, Place>();
  let position = start;
  for (const key of keys) {
    const storage = storages.get(key as string);
    if (storage === undefined) throw new ModelError(`${path}: damaged: storage ${String(key)} belongs to no tensor`);
    const count = new Uint8Array(8);
    await readExactly(file, position, count, path);
    const stored = Number(new DataView(count.buffer).getBigInt64(0, true));
    if (stored !== storage.size)
      throw new ModelError(`${path}: storage ${storage.key} holds ${stored} values, expected ${storage.size}`);
    const bytes = stored * bytesPerValue(storage.dtype);
    places.set(storage.key, { position: position + 8, bytes });
    position += 8 + bytes;
  }
  return places;
}

function tensorReader(
  file: FileHandle,
  size: number,
  places: ReadonlyMap<string, Place>,
  path: string,
): (tensor: TorchTensor) => Promise<NativeTensor> {
  const loaded = new Map<string, NativeArray>();
  return async (tensor) => {
    const { storage, shape } = tensor;
    let values = loaded.get(storage.key);
    if (values === undefined) {
      const place = places.get(storage.key);
      if (place === undefined) throw new ModelError(`${path}: damaged: storage ${storage.key} is not in the file`);
      if (place.position + place.bytes > size)
        throw new ModelError(`${path}: truncated: storage ${storage.key} ends past the file's ${size} bytes`);
      const bytes = new Uint8Array(place.bytes);
      await readExactly(file, place.position, bytes, path);
      values = viewAs(storage.dtype, bytes);
      loaded.set(storage.key, values);
    }
    return { dtype: storage.dtype, shape, values: rowMajor(tensor, values, path) };
  };
}

/** The values a tensor sees through its offset and strides, in row-major order. */
function rowMajor({ storage, offset, shape, stride }: TorchTensor, values: NativeArray, path: string): NativeArray {
  const count = shape.reduce((product, extent) => product * extent, 1);
  const last =
    count === 0 ? -1 : shape.reduce((at, extent, axis) => at + (extent - 1) * (stride[axis] as number), offset);
  if (last >= storage.size || count > MOST_VALUES)
    throw new ModelError(
      `${path}: damaged: a tensor of shape [${shape.join(", ")}] reaches past its storage of ${storage.size} values`,
    );
  if (isContiguous(shape, stride)) return count === values.length ? values : values.slice(offset, offset + count);
  const result = newArray(storage.dtype, count);
  const index = shape.map(() => 0);
  let from = offset;
  for (let to = 0; to < count; to++) {
    result[to] = values[from] as never;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += stride[axis] as number;
      if (++(index[axis] as number) < (shape[axis] as number)) break;
      from -= (shape[axis] as number) * (stride[axis] as number);
      index[axis] = 0;
    }
  }
  return result;
}

function isContiguous(shape: readonly number[], stride: readonly number[]): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && stride[axis] !== expected) return false;
    expected *= shape[axis] as number;
  }
  return true;
}

/** The tensors of a state dict, at the root or under `state_dict`. @throws ModelError when there is none */
export function stateDict(root: PickleValue, path: string): ReadonlyMap<string, TorchTensor> {
  if (!(root instanceof Map)) throw new ModelError(`${path}: holds no state dict`);
  const nested: unknown = root.get("state_dict");
  const dict = nested instanceof Map ? (nested as Map<unknown, unknown>) : root;
  for (const [name, value] of dict)
    if (typeof name !== "string" || !isTensor(value))
      throw new ModelError(`${path}: ${String(name)} is no tensor, so this is no state dict`);
  return dict as ReadonlyMap<string, TorchTensor>;
}
