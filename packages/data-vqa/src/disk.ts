import { createHash, type Hash } from "node:crypto";
import { closeSync, openSync, readSync, statfsSync, writeSync } from "node:fs";
import { DataError } from "./error.ts";

const CHUNK_BYTES = 1 << 22;
/** Left free beyond what is written. */
const SPARE_BYTES = 1 << 26;

/** Write all of `bytes` at a position of an open file; how many that were. */
export function writeWhole(file: number, bytes: Uint8Array, position: number): number {
  let at = 0;
  while (at < bytes.length) at += writeSync(file, bytes, at, bytes.length - at, position + at);
  return at;
}

/** Update a hash with the first `end` bytes of a file, or all of it. */
export function hashBytes(digest: Hash, path: string, end = Infinity): void {
  const file = openSync(path, "r");
  const chunk = new Uint8Array(CHUNK_BYTES);
  try {
    for (let at = 0; at < end; ) {
      const read = readSync(file, chunk, 0, Math.min(chunk.length, end - at), at);
      if (read === 0 && end === Infinity) return;
      if (read === 0) throw new DataError(`${path} became shorter while it was read; run it again`);
      digest.update(chunk.subarray(0, read));
      at += read;
    }
  } finally {
    closeSync(file);
  }
}

/** SHA-256 of a file, hex. */
export function hashFile(path: string): string {
  const digest = createHash("sha256");
  hashBytes(digest, path);
  return digest.digest("hex");
}

/** Throws DataError where the disk of a folder has no room for `bytes` more. */
export function checkFreeSpace(folder: string, bytes: number, advice: string): void {
  const { bavail, bsize } = statfsSync(folder);
  const needed = bytes + SPARE_BYTES;
  if (bavail * bsize >= needed) return;
  const gigabytes = (size: number) => `${(size / 1e9).toFixed(1)} GB`;
  throw new DataError(`${folder} needs ${gigabytes(needed)}, only ${gigabytes(bavail * bsize)} are free; ${advice}`);
}

/** A full disk is the user's to put right; every other error stays what it is. */
export function explainFullDisk(error: unknown, what: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== "ENOSPC" && code !== "EDQUOT") return error;
  return new DataError(`the disk is full: ${what}; free space and run again to go on from there`);
}
