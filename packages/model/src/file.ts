import { type FileHandle, open } from "node:fs/promises";
import { ModelError } from "./error.ts";

/**
 * Opens for reading.
 * @throws ModelError for what cannot be opened, or is no file
 */
export async function openForReading(path: string): Promise<FileHandle> {
  let file: FileHandle;
  try {
    file = await open(path, "r");
  } catch (error) {
    throw new ModelError(`${path}: cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  }
  const stat = await file.stat();
  if (stat.isFile()) return file;
  await file.close();
  throw new ModelError(`${path}: ${stat.isDirectory() ? "a folder" : "not a file"}; name the checkpoint itself`);
}

/** Reads exactly that many bytes at a position, in pieces below Node's 2 GiB limit. */
export async function readExactly(file: FileHandle, position: number, bytes: Uint8Array, path: string): Promise<void> {
  const piece = 2 ** 30;
  let done = 0;
  while (done < bytes.length) {
    const { bytesRead } = await file.read(bytes, done, Math.min(piece, bytes.length - done), position + done);
    if (bytesRead === 0) throw new ModelError(`${path}: truncated at byte ${position + done}; copy or fetch it again`);
    done += bytesRead;
  }
}
