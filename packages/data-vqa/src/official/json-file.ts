import { readFileSync, statSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { DataError } from "../error.ts";

/** The value in a JSON file, gzipped or not. Every failure is a DataError that names the file. */
export function readJsonFile(path: string): unknown {
  const text = decodeUtf8(readBytes(path), path);
  if (text.trim() === "") throw new DataError(`${path} is empty; fetch or write it again`);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new DataError(`${path} is not valid JSON (${(error as Error).message}); it may be cut off`);
  }
}

function readBytes(path: string): Buffer {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) throw new DataError(`${path} does not exist`);
  if (!stat.isFile()) throw new DataError(`${path} is not a file; name the file itself`);
  const bytes = readFileSync(path);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes);
  } catch (error) {
    throw new DataError(`${path} cannot be decompressed (${(error as Error).message}); fetch it again`);
  }
}

function decodeUtf8(bytes: Buffer, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new DataError(`${path} is not valid UTF-8; it is damaged or not a JSON file`);
  }
}
