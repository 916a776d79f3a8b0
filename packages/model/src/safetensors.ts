/**
 * The safetensors container: an 8-byte little-endian header length, a JSON header padded with spaces, then raw
 * little-endian values. This file works on bytes in memory and so in a browser too; node.ts reads and writes files.
 */
import { bytesPerValue, type Dtype, DTYPES, isDtype, toFloat32, viewAs } from "./dtype.ts";
import { ModelError } from "./error.ts";
import { sizeOf } from "./parameters.ts";
import type { Weights } from "./weights.ts";

export interface SafetensorsEntry {
  readonly dtype: Dtype;
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
    else for (const [key, text] of Object.entries(parseMetadata(value, source))) metadata.set(key, text);
  }
  return { tensors, metadata, dataStart };
}

function parseMetadata(value: unknown, source: string): Readonly<Record<string, string>> {
  const isText = (text: unknown): text is string => typeof text === "string";
  if (typeof value !== "object" || value === null || Array.isArray(value) || !Object.values(value).every(isText))
    throw new ModelError(`${source}: __metadata__ in the header is not an object of texts`);
  return value as Readonly<Record<string, string>>;
}

function parseEntry(name: string, value: unknown, dataSize: number, source: string): SafetensorsEntry {
  const { dtype, shape, data_offsets } = (value ?? {}) as Record<string, unknown>;
  const isSize = (n: unknown): n is number => Number.isSafeInteger(n) && (n as number) >= 0;
  if (!isDtype(dtype))
    throw new ModelError(`${source}: ${name} has dtype ${String(dtype)}, expected one of ${DTYPES.join(", ")}`);
  if (!Array.isArray(shape) || !shape.every(isSize))
    throw new ModelError(`${source}: ${name} has no valid shape in the header`);
  if (!Array.isArray(data_offsets) || data_offsets.length !== 2 || !data_offsets.every(isSize))
    throw new ModelError(`${source}: ${name} has no valid data_offsets in the header`);
  const [begin, end] = data_offsets as [number, number];
  const bytes = sizeOf(shape) * bytesPerValue(dtype);
  if (end - begin !== bytes)
    throw new ModelError(
      `${source}: ${name} takes ${end - begin} bytes, expected ${bytes} for ${dtype} [${shape.join(", ")}]`,
    );
  if (end > dataSize)
    throw new ModelError(`${source}: truncated: ${name} ends at byte ${end} of ${dataSize} bytes of values`);
  return { dtype, shape, begin, end };
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
      { shape, values: toFloat32(dtype, viewAs(dtype, bytes.subarray(dataStart + begin, dataStart + end))) },
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
  // Without a prototype, so that any name is a plain key.
  const header = Object.create(null) as Record<string, unknown>;
  if (metadata.size > 0) header.__metadata__ = Object.fromEntries(metadata);
  let offset = 0;
  for (const [name, { shape, values }] of weights) {
    const end = offset + values.length * bytesPerValue(dtype);
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
