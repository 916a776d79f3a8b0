import { sizeOf } from "@ticketbench/model";
import { Mask } from "./mask.ts";
import { packedLength } from "./bits.ts";
import { PruneError } from "./prune-error.ts";
import { describeShapes, type Shapes } from "./shapes.ts";

/** The first bytes of an encoded mask. */
const MAGIC = "ticketbench-mask 1\n";

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function join(head: string, content: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new TextEncoder().encode(head);
  const joined = new Uint8Array(bytes.length + content.length);
  joined.set(bytes);
  joined.set(content, bytes.length);
  return joined;
}

/** The fingerprint of a model's parameter names and shapes (SHA-256, hex), whatever order they are listed in. */
export function hashShapes(shapes: Shapes): Promise<string> {
  return sha256(new TextEncoder().encode(describeShapes(shapes)));
}

/** The fingerprint of a mask (SHA-256, hex): model, scope and every bit. */
export function hashMask(mask: Mask): Promise<string> {
  return sha256(join(describeShapes(mask.shapes) + mask.prunable.join("\n"), mask.content()));
}

/** A mask as bytes, uncompressed: the magic line, a line of JSON (model, content hash, prunable names), the bits. */
export async function encodeMask(mask: Mask): Promise<Uint8Array<ArrayBuffer>> {
  const head = { shapes: await hashShapes(mask.shapes), hash: await hashMask(mask), prunable: mask.prunable };
  return join(`${MAGIC}${JSON.stringify(head)}\n`, mask.content());
}

interface Head {
  readonly shapes: string;
  readonly hash: string;
  readonly prunable: readonly string[];
}

function isHead(value: unknown): value is Head {
  const head = value as Partial<Head> | null;
  return typeof head?.shapes === "string" && typeof head.hash === "string" && Array.isArray(head.prunable);
}

function readHead(bytes: Uint8Array): { readonly head: Head; readonly start: number } {
  if (new TextDecoder().decode(bytes.subarray(0, MAGIC.length)) !== MAGIC)
    throw new PruneError("not a TicketBench mask: its first line is wrong");
  const end = bytes.indexOf(10, MAGIC.length);
  let head: unknown;
  try {
    head = JSON.parse(new TextDecoder().decode(bytes.subarray(MAGIC.length, Math.max(end, 0))));
  } catch (cause) {
    throw new PruneError("damaged mask: its header cannot be read", { cause });
  }
  if (!isHead(head)) throw new PruneError("damaged mask: its header lacks the model, the hash or the names");
  return { head, start: end + 1 };
}

/** Reads an encoded mask of this model. Throws a PruneError when it is of another model, cut short or altered. */
export async function decodeMask(bytes: Uint8Array, shapes: Shapes): Promise<Mask> {
  const { head, start } = readHead(bytes);
  if (head.shapes !== (await hashShapes(shapes)))
    throw new PruneError("the mask is of another model: its parameter names or shapes differ; make a mask of this one");
  const bits = new Map<string, Uint8Array>();
  let offset = start;
  for (const name of head.prunable) {
    const length = packedLength(sizeOf(shapes.get(name) ?? []));
    bits.set(name, bytes.subarray(offset, offset + length));
    offset += length;
  }
  if (offset !== bytes.length)
    throw new PruneError(`damaged mask: ${bytes.length - start} bytes of bits, ${offset - start} expected`);
  const mask = new Mask(shapes, bits);
  if ((await hashMask(mask)) !== head.hash) throw new PruneError("damaged mask: its bits do not match its hash");
  return mask;
}
