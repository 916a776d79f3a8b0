import { createHash } from "node:crypto";
import { closeSync, openSync, readSync, statfsSync, statSync, writeSync } from "node:fs";
import { Worker } from "node:worker_threads";
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

/** SHA-256 of a file, hex. */
export function hashFile(path: string): string {
  const digest = createHash("sha256");
  const { file, size } = openFile(path);
  const chunk = new Uint8Array(Math.min(CHUNK_BYTES, size + 1));
  try {
    for (let read; (read = readSync(file, chunk)) > 0; ) digest.update(chunk.subarray(0, read));
  } finally {
    closeSync(file);
  }
  return digest.digest("hex");
}

/** The same on another thread, for files so large that hashing would hold up other work; `signal` ends that thread. */
export function hashInBackground(path: string, signal: AbortSignal): Promise<string> {
  const worker = new Worker(new URL("./hash-worker.ts", import.meta.url), { workerData: path });
  signal.addEventListener("abort", () => void worker.terminate(), { once: true });
  return new Promise((resolve, reject) => {
    worker.once("message", (sha256: string) => resolve(sha256));
    worker.once("error", reject);
  });
}

/** Throws DataError where the disk of a folder has no room for `bytes` more. */
export function checkFreeSpace(folder: string, bytes: number, advice: string): void {
  const { bavail, bsize } = statfsSync(folder);
  const needed = bytes + SPARE_BYTES;
  if (bavail * bsize >= needed) return;
  const gigabytes = (size: number) => `${(size / 1e9).toFixed(1)} GB`;
  throw new DataError(`${folder} needs ${gigabytes(needed)}, only ${gigabytes(bavail * bsize)} are free; ${advice}`);
}

/** What a disk refuses is the user's to put right; every other error stays what it is. */
export function explainDiskError(error: unknown, doing: string): unknown {
  const { code = "", path = "" } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new DataError(`the disk is full: ${doing}; free space and run again to go on from there`);
  }
  if (code !== "EACCES" && code !== "EPERM" && code !== "EROFS") return error;
  return new DataError(`no permission for ${path} (${doing}); change its permissions or name another place`);
}

/** Open a file for reading; its size. Throws DataError where it is not there, not a file or not to be read. */
export function openFile(path: string): { file: number; size: number } {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) throw new DataError(`${path} does not exist`);
  if (!stat.isFile()) throw new DataError(`${path} is not a file; name the file itself`);
  try {
    return { file: openSync(path, "r"), size: stat.size };
  } catch (error) {
    throw explainDiskError(error, "reading it");
  }
}
