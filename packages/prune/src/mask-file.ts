import { randomUUID } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { Mask } from "./mask.ts";
import { decodeMask, encodeMask } from "./mask-code.ts";
import { PruneError } from "./prune-error.ts";
import type { Shapes } from "./shapes.ts";

/** Writes a mask, zstd-compressed, in one step: a reader sees the whole file or none. */
export async function saveMask(path: string, mask: Mask): Promise<void> {
  const partial = `${path}.${randomUUID()}.partial`;
  try {
    await writeFile(partial, zstdCompressSync(await encodeMask(mask)));
    await rename(partial, path);
  } catch (cause) {
    await rm(partial, { force: true });
    throw cause;
  }
}

/** Reads a mask of this model. Throws a PruneError naming the file when it is missing, damaged or of another model. */
export async function loadMask(path: string, shapes: Shapes): Promise<Mask> {
  try {
    return await decodeMask(zstdDecompressSync(await readFile(path)), shapes);
  } catch (cause) {
    throw new PruneError(`mask file ${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
