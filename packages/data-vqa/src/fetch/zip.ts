import * as fs from "node:fs";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { crc32, createInflateRaw } from "node:zlib";
import { explainDiskError } from "../disk.ts";
import { DataError } from "../error.ts";

/** A file in an archive. */
export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly compressedBytes: number;
  readonly bytes: number;
  /** Offset of the entry's local header. */
  readonly offset: number;
}

const [END, END64, LOCATOR64, CENTRAL, LOCAL] = [0x06054b50, 0x06064b50, 0x07064b50, 0x02014b50, 0x04034b50];
const END_BYTES = 22;
const LONGEST_COMMENT = 0xffff;
const [STORED, DEFLATED] = [0, 8];
const ZIP64_FIELD = 1;
const OVERFLOW = 0xffffffff;

/** The files of a zip archive of any size (APPNOTE 6.3.9, zip64 included); folders are left out. */
export function readZip(path: string): ZipEntry[] {
  const size = fs.statSync(path).size;
  const tail = readAt(
    path,
    Math.max(0, size - END_BYTES - LONGEST_COMMENT),
    Math.min(size, END_BYTES + LONGEST_COMMENT),
  );
  let end = tail.length - END_BYTES;
  while (end >= 0 && tail.readUInt32LE(end) !== END) end--;
  if (end < 0) throw damaged(path, "it has no directory at its end");
  let [length, offset] = [tail.readUInt32LE(end + 12), tail.readUInt32LE(end + 16)];
  if (length === OVERFLOW || offset === OVERFLOW) [length, offset] = readEnd64(path, tail, end);
  if (offset + length > size) throw damaged(path, "its directory lies outside it");
  return readDirectory(path, readAt(path, offset, length));
}

/**
 * Unpack the files of an archive into a folder, whatever folders they are in inside it. Each appears under its name
 * only when its length and checksum are right.
 * @returns the names of the files
 */
export async function extractZip(path: string, folder: string): Promise<string[]> {
  const entries = readZip(path);
  for (const entry of entries) {
    const target = join(folder, basename(entry.name));
    try {
      await extractEntry(path, entry, `${target}.partial`);
    } catch (error) {
      fs.rmSync(`${target}.partial`, { force: true });
      throw explainDiskError(error, `unpacking ${path}`);
    }
    fs.renameSync(`${target}.partial`, target);
  }
  return entries.map(({ name }) => basename(name));
}

async function extractEntry(path: string, entry: ZipEntry, target: string): Promise<void> {
  const header = readAt(path, entry.offset, 30);
  if (header.readUInt32LE(0) !== LOCAL) throw damaged(path, `${entry.name} is not where its directory says`);
  const start = entry.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  if (entry.method !== STORED && entry.method !== DEFLATED) {
    throw new DataError(
      `${path}: ${entry.name} is compressed by method ${entry.method}; unpack it with another program`,
    );
  }
  let [checksum, bytes] = [0, 0];
  const count = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      [checksum, bytes] = [crc32(chunk, checksum), bytes + chunk.length];
      yield chunk;
    }
  };
  if (entry.compressedBytes === 0) fs.writeFileSync(target, "");
  else await copy();
  if (bytes !== entry.bytes || checksum !== entry.crc) throw damaged(path, `${entry.name} has another checksum`);

  async function copy(): Promise<void> {
    const compressed = fs.createReadStream(path, { start, end: start + entry.compressedBytes - 1 });
    const output = fs.createWriteStream(target);
    try {
      if (entry.method === STORED) await pipeline(compressed, count, output);
      else await pipeline(compressed, createInflateRaw(), count, output);
    } catch (error) {
      if (!String((error as NodeJS.ErrnoException).code).startsWith("Z_")) throw error;
      throw damaged(path, `${entry.name} does not decompress`);
    }
  }
}

function readEnd64(path: string, tail: Buffer, end: number): [length: number, offset: number] {
  const locator = end - 20;
  if (locator < 0 || tail.readUInt32LE(locator) !== LOCATOR64) throw damaged(path, "its zip64 directory is missing");
  const record = readAt(path, Number(tail.readBigUInt64LE(locator + 8)), 56);
  if (record.length < 56 || record.readUInt32LE(0) !== END64) throw damaged(path, "its zip64 directory is missing");
  return [Number(record.readBigUInt64LE(40)), Number(record.readBigUInt64LE(48))];
}

function readDirectory(path: string, directory: Buffer): ZipEntry[] {
  const entries: ZipEntry[] = [];
  for (let at = 0; at + 46 <= directory.length; ) {
    if (directory.readUInt32LE(at) !== CENTRAL) throw damaged(path, "its directory is broken");
    const [nameLength, extraLength] = [directory.readUInt16LE(at + 28), directory.readUInt16LE(at + 30)];
    const name = directory.toString("utf8", at + 46, at + 46 + nameLength);
    const extra = directory.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength);
    const short = [24, 20, 42].map((field) => directory.readUInt32LE(at + field));
    const [bytes = 0, compressedBytes = 0, offset = 0] = widen(short, extra);
    const entry = {
      name,
      bytes,
      compressedBytes,
      offset,
      method: directory.readUInt16LE(at + 10),
      crc: directory.readUInt32LE(at + 16),
    };
    if (!name.endsWith("/")) entries.push(entry);
    at += 46 + nameLength + extraLength + directory.readUInt16LE(at + 32);
  }
  return entries;
}

/** Sizes and offset that did not fit into 32 bits are in the zip64 field, in this order, those alone. */
function widen(values: readonly number[], extra: Buffer): number[] {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== ZIP64_FIELD) continue;
    let field = at + 4;
    return values.map((value) => {
      if (value !== OVERFLOW || field + 8 > extra.length) return value;
      field += 8;
      return Number(extra.readBigUInt64LE(field - 8));
    });
  }
  return [...values];
}

function readAt(path: string, position: number, length: number): Buffer {
  const file = fs.openSync(path, "r");
  try {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, fs.readSync(file, bytes, 0, length, position));
  } finally {
    fs.closeSync(file);
  }
}

function damaged(path: string, reason: string): DataError {
  return new DataError(`${path} is not a whole zip archive: ${reason}; fetch it again`);
}
