/**
 * The safetensors container: an 8-byte little-endian header length, a JSON header padded with spaces, then raw
 * little-endian values. This file works on bytes in memory and so in a browser too; node.ts reads and writes files.
 */
import { ModelError } from "./error.ts";
import { sizeOf } from "./parameters.ts";
import type { Weights } from "./weights.ts";

/** How each dtype lies in memory; BF16 has no array of its own and is widened. */
const ARRAYS = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Float16Array,
  BF16: Uint16Array,
  I64: BigInt64Array,
  I32: Int32Array,
  I16: Int16Array,
  I8: Int8Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
} as const;

export type SafetensorsDtype = keyof typeof ARRAYS;

export interface SafetensorsEntry {
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  /** First byte, counted from the end of the header. */
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  readonly tensors: ReadonlyMap<string, SafetensorsEntry>;
  /** Free text by key, as its writer left it. */
  readonly metadata: ReadonlyMap<string, string>;
  /** Where the values begin in the file. */
  readonly dataStart: number;
}

/** Bytes before the JSON header. */
export const LENGTH_BYTES = 8;
const LONGEST_HEADER = 100_000_000;

/** Length of the JSON header that follows the first 8 bytes. @param source name for error messages */
export function headerLength(start: Uint8Array, fileSize: number, source: string): number {
  if (start.length < LENGTH_BYTES)
    throw new ModelError(`${source}: ${start.length} bytes, too short for a safetensors file`);
  const view = new DataView(start.buffer, start.byteOffset, LENGTH_BYTES);
  const length = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
  if (length > LONGEST_HEADER || LENGTH_BYTES + length > fileSize)
    throw new ModelError(
      `${source}: not a safetensors file, or truncated: its header claims ${length} bytes of ${fileSize}`,
    );
  return length;
}

/** Reads the JSON header and checks it against the file's size. */
export function parseHeader(json: Uint8Array, fileSize: number, source: string): SafetensorsHeader {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(json));
  } catch {
    throw new ModelError(`${source}: the safetensors header is not JSON`);
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    throw new ModelError(`${source}: the safetensors header is not an object`);
  const dataStart = LENGTH_BYTES + json.length;
  const tensors = new Map<string, SafetensorsEntry>();
  const metadata = new Map<string, string>();
  for (const [name, value] of Object.entries(parsed)) {
    if (name !== "__metadata__") tensors.set(name, parseEntry(name, value, fileSize - dataStart, source));
    else for (const [key, text] of Object.entries(value as object)) metadata.set(key, String(text));
  }
  return { tensors, metadata, dataStart };
}

function parseEntry(name: string, value: unknown, dataSize: number, source: string): SafetensorsEntry {
  const { dtype, shape, data_offsets } = (value ?? {}) as Record<string, unknown>;
  const isSize = (n: unknown): n is number => Number.isSafeInteger(n) && (n as number) >= 0;
  if (typeof dtype !== "string" || !Object.hasOwn(ARRAYS, dtype))
    throw new ModelError(`${source}: ${name} has dtype ${String(dtype)}, expected ${Object.keys(ARRAYS).join(", ")}`);
  if (!Array.isArray(shape) || !shape.every(isSize))
    throw new ModelError(`${source}: ${name} has no valid shape in the header`);
  if (!Array.isArray(data_offsets) || data_offsets.length !== 2 || !data_offsets.every(isSize))
    throw new ModelError(`${source}: ${name} has no valid data_offsets in the header`);
  const [begin, end] = data_offsets as [number, number];
  const bytes = sizeOf(shape) * ARRAYS[dtype as SafetensorsDtype].BYTES_PER_ELEMENT;
  if (end - begin !== bytes)
    throw new ModelError(
      `${source}: ${name} takes ${end - begin} bytes, expected ${bytes} for ${dtype} [${shape.join(", ")}]`,
    );
  if (end > dataSize)
    throw new ModelError(`${source}: truncated: ${name} ends at byte ${end} of ${dataSize} bytes of values`);
  return { dtype: dtype as SafetensorsDtype, shape, begin, end };
}

/** Values as 32-bit floats; bytes that hold them already and are aligned are used in place. */
export function toFloat32(dtype: SafetensorsDtype, bytes: Uint8Array): Float32Array {
  const array = ARRAYS[dtype];
  const aligned = bytes.byteOffset % array.BYTES_PER_ELEMENT === 0 ? bytes : bytes.slice();
  const values = new array(
    aligned.buffer as ArrayBuffer,
    aligned.byteOffset,
    aligned.byteLength / array.BYTES_PER_ELEMENT,
  );
  if (values instanceof Float32Array) return values;
  if (dtype === "BF16") {
    const bits = Uint32Array.from(values as Uint16Array, (half) => half << 16);
    return new Float32Array(bits.buffer);
  }
  return Float32Array.from(values as ArrayLike<number | bigint>, Number);
}

/** A whole file in memory, for the browser; float tensors of any width become 32-bit. */
export function parseSafetensors(
  buffer: ArrayBuffer,
  source = "weights",
): { weights: Weights; metadata: ReadonlyMap<string, string> } {
  const bytes = new Uint8Array(buffer);
  const length = headerLength(bytes.subarray(0, LENGTH_BYTES), bytes.length, source);
  const json = bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + length);
  const { tensors, metadata, dataStart } = parseHeader(json, bytes.length, source);
  const weights = new Map(
    [...tensors].map(([name, { dtype, shape, begin, end }]) => [
      name,
      { shape, values: toFloat32(dtype, bytes.subarray(dataStart + begin, dataStart + end)) },
    ]),
  );
  return { weights, metadata };
}

/** Precision of stored weights. */
export type StoredDtype = "F32" | "F16";

/** The first bytes of a file for these weights: length and JSON header. */
export function encodeHeader(
  weights: Weights,
  dtype: StoredDtype,
  metadata: ReadonlyMap<string, string> = new Map(),
): Uint8Array {
  const header: Record<string, unknown> = {};
  if (metadata.size > 0) header.__metadata__ = Object.fromEntries(metadata);
  let offset = 0;
  for (const [name, { shape, values }] of weights) {
    const end = offset + values.length * ARRAYS[dtype].BYTES_PER_ELEMENT;
    header[name] = { dtype, shape, data_offsets: [offset, end] };
    offset = end;
  }
  const text = JSON.stringify(header);
  const json = new TextEncoder().encode(text);
  const padded = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(LENGTH_BYTES + padded).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.set(json, LENGTH_BYTES);
  return bytes;
}

/** A tensor's values as they lie in a file. */
export function encodeValues(values: Float32Array, dtype: StoredDtype): Uint8Array {
  const stored = dtype === "F32" ? values : Float16Array.from(values);
  return new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
}
