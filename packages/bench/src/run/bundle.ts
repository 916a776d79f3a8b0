import { createHash } from "node:crypto";

const KINDS = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  uint32: Uint32Array,
  uint8: Uint8Array,
} as const;
type Kind = keyof typeof KINDS;
export type BundleArray = Float32Array | Float64Array | Int32Array | Uint32Array | Uint8Array;

/** Named arrays and a few values beside them: a checkpoint's or an artifact's content. `meta` is plain JSON. */
export interface Bundle {
  readonly arrays: ReadonlyMap<string, BundleArray>;
  readonly meta: unknown;
}

/** Bytes that are no bundle, or not the ones that were written. */
export class BundleError extends Error {
  override readonly name = "BundleError";
}

const MAGIC = Buffer.from("TICKETB1", "latin1");
const ALIGNMENT = 8;
const HASH_BYTES = 32;

/**
 * One file: the magic word, the header's length (uint32), the header as JSON, the arrays one after the other at
 * multiples of 8 bytes, and the SHA-256 of all of it. Equal content gives equal bytes. Little-endian machines only.
 */
export function encodeBundle({ arrays, meta }: Bundle): Uint8Array {
  const table = [...arrays].map(([name, array]) => ({ name, kind: kindOf(array), length: array.length }));
  const header = Buffer.from(JSON.stringify({ meta, arrays: table }), "utf8");
  let size = aligned(MAGIC.length + 4 + header.length);
  for (const array of arrays.values()) size += aligned(array.byteLength);
  const bytes = Buffer.alloc(size + HASH_BYTES);
  MAGIC.copy(bytes);
  bytes.writeUInt32LE(header.length, MAGIC.length);
  header.copy(bytes, MAGIC.length + 4);
  let offset = aligned(MAGIC.length + 4 + header.length);
  for (const array of arrays.values()) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), offset);
    offset += aligned(array.byteLength);
  }
  sha256(bytes.subarray(0, size)).copy(bytes, size);
  return bytes;
}

/** The bundle that was encoded; throws BundleError where a single byte differs. The arrays are copies. */
export function decodeBundle(bytes: Uint8Array): Bundle {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, Math.max(0, bytes.byteLength - HASH_BYTES));
  const trailer = Buffer.from(bytes.buffer, bytes.byteOffset + content.length, bytes.byteLength - content.length);
  if (content.length < MAGIC.length + 4 || !content.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw new BundleError("not a bundle of arrays");
  }
  if (!sha256(content).equals(trailer)) throw new BundleError("damaged: its hash does not match its content");
  const headerLength = content.readUInt32LE(MAGIC.length);
  const header = content.toString("utf8", MAGIC.length + 4, MAGIC.length + 4 + headerLength);
  const { meta, arrays: table } = JSON.parse(header) as {
    meta: unknown;
    arrays: { name: string; kind: Kind; length: number }[];
  };
  const arrays = new Map<string, BundleArray>();
  let offset = aligned(MAGIC.length + 4 + headerLength);
  for (const { name, kind, length } of table) {
    const array = new KINDS[kind](length);
    new Uint8Array(array.buffer).set(content.subarray(offset, offset + array.byteLength));
    arrays.set(name, array);
    offset += aligned(array.byteLength);
  }
  return { arrays, meta };
}

function kindOf(array: BundleArray): Kind {
  for (const [kind, type] of Object.entries(KINDS)) if (array instanceof type) return kind as Kind;
  throw new BundleError(`cannot hold a ${(array as object).constructor.name}`);
}

function aligned(size: number): number {
  return Math.ceil(size / ALIGNMENT) * ALIGNMENT;
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}
