import { readFile, stat } from "node:fs/promises";
import { type Entry, fromBufferPromise, type ZipFile } from "yauzl";
import { ResultError } from "./error.ts";

/** What an archive may hold at most. The sizes it declares are checked first, the bytes that come out of it again. */
export interface ZipLimits {
  readonly archiveBytes: number;
  readonly files: number;
  readonly fileBytes: number;
  readonly totalBytes: number;
}

const [stored, deflated] = [0, 8];
const fileTypeMask = 0o170000;
/** Unix file types an entry may state: none, a file, a folder. */
const plainTypes = [0, 0o100000, 0o040000];

/**
 * The files of a stranger's zip archive in memory, by name; nothing is written. Every name must be accepted.
 *
 * @param accepts whether a file (or, ending in "/", a folder) of that name belongs here
 * @throws ResultError naming the archive and the entry: too large, not plain files, a name that is not accepted or there
 * twice, damaged
 */
export async function readZipFiles(
  path: string,
  limits: ZipLimits,
  accepts: (name: string) => boolean,
): Promise<Map<string, Uint8Array>> {
  const { size } = await stat(path);
  if (size > limits.archiveBytes) throw new ResultError(`${path}: ${size} bytes, at most ${limits.archiveBytes}`);
  const files = new Map<string, Uint8Array>();
  const seen = new Set<string>();
  let total = 0;
  try {
    const zip = await fromBufferPromise(await readFile(path), { strictFileNames: true });
    if (zip.entryCount > limits.files) throw new ResultError(`${zip.entryCount} entries, at most ${limits.files}`);
    for await (const entry of zip.eachEntry()) {
      checkEntry(entry, limits, accepts);
      const name = entry.fileName;
      // A file system that ignores case would keep one of the two.
      if (seen.has(name.toLowerCase())) throw new ResultError(`${shown(name)} is there twice`);
      seen.add(name.toLowerCase());
      total += entry.uncompressedSize;
      if (total > limits.totalBytes) throw new ResultError(`more than ${limits.totalBytes} bytes in all`);
      if (!name.endsWith("/")) files.set(name, await contentOf(zip, entry));
    }
  } catch (error) {
    // yauzl has no class of its own for damage and forbidden names.
    throw new ResultError(`${path}: ${(error as Error).message}`);
  }
  return files;
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, 120));
}

function checkEntry(entry: Entry, limits: ZipLimits, accepts: (name: string) => boolean): void {
  const name = shown(entry.fileName);
  const type = (entry.externalFileAttributes >>> 16) & fileTypeMask;
  if (!plainTypes.includes(type)) throw new ResultError(`${name} is a link or a device, not a file`);
  if (!accepts(entry.fileName)) throw new ResultError(`${name} does not belong into an artifact`);
  if (entry.isEncrypted()) throw new ResultError(`${name} is encrypted`);
  if (entry.compressionMethod !== stored && entry.compressionMethod !== deflated) {
    throw new ResultError(`${name} is compressed by method ${entry.compressionMethod}, not stored or deflated`);
  }
  if (entry.uncompressedSize > limits.fileBytes) {
    throw new ResultError(`${name}: ${entry.uncompressedSize} bytes, at most ${limits.fileBytes}`);
  }
  if (entry.fileName.endsWith("/") && entry.uncompressedSize > 0) throw new ResultError(`${name}: a folder with bytes`);
}

/** yauzl ends the stream with an error once it gives more bytes than the entry declares, or fewer. */
async function contentOf(zip: ZipFile, entry: Entry): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
