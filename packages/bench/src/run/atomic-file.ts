import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** A folder that cannot be written or a disk that is full: nothing a cell did, and nothing more can be done. */
export class WorkspaceError extends Error {
  override readonly name = "WorkspaceError";
  readonly exitCode = 2;
}

/**
 * Write a file so that a reader sees the old content or the new, never a part: a draft beside it, synced, renamed.
 * Throws WorkspaceError where the place cannot be written or the disk is full.
 */
export async function writeAtomic(file: string, content: string | Uint8Array): Promise<void> {
  const draft = `${file}.${randomUUID()}.tmp`;
  try {
    await mkdir(dirname(file), { recursive: true });
    const handle = await open(draft, "w");
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw asWorkspaceError(error, file);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full: make room, then give the same command again",
  EDQUOT: "the disk quota is used up: make room, then give the same command again",
  EFBIG: "the file would be larger than this machine allows",
  EACCES: "not allowed to write there: choose another folder with --out or --work",
  EPERM: "not allowed to write there: choose another folder with --out or --work",
  EROFS: "a read-only disk: choose another folder with --out or --work",
  ENOTDIR: "a part of this path is a file, not a folder",
  EEXIST: "a file stands where a folder is needed",
};

/** The same error in words where it comes from the disk or its rights; any other error as it is. */
export function asWorkspaceError(error: unknown, file: string): unknown {
  const reason = REASONS[(error as NodeJS.ErrnoException).code ?? ""];
  return reason === undefined ? error : new WorkspaceError(`${file}: ${reason}`);
}
