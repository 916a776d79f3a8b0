import { closeSync, readFileSync, readSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { openFile } from "../disk.ts";
import { DataError } from "../error.ts";

const CHUNK_BYTES = 1 << 20;
/** What may surround the list in a file: a header of a few lines, not a second list of the same size. */
const MOST_HEADER_BYTES = 1 << 24;

/** As it looks in Latin-1. */
const BYTE_ORDER_MARK = /^\xef\xbb\xbf/;
/** Enough for the header of an official file. */
const START_BYTES = 1 << 16;
/** How far back the list's name is looked for when a bracket opens. */
const NAME_BYTES = 200;

const [QUOTE, BACKSLASH, COMMA, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [34, 92, 44, 91, 93, 123, 125];

/**
 * Hand every element of a JSON list to `each` without holding the file in memory: the bytes are cut at the list's own
 * commas and parsed a megabyte at a time.
 * @param key the list's name in the object that is the whole file; null where the file is the list itself
 * @returns the rest of the object, the list left out; an empty object for a bare list
 */
export function readJsonList(
  path: string,
  key: string | null,
  each: (element: unknown, index: number) => void,
): Readonly<Record<string, unknown>> {
  const reader = new ListReader(path, key, each);
  for (const chunk of fileChunks(path)) reader.push(chunk);
  return reader.finish();
}

/** The first characters of a JSON file, white space and byte order mark left out; empty for an empty file. */
export function jsonStart(path: string): string {
  for (const chunk of fileChunks(path))
    return Buffer.from(chunk.subarray(0, START_BYTES)).toString().replace("\ufeff", "").trimStart();
  return "";
}

class ListReader {
  readonly #path: string;
  readonly #key: string | null;
  readonly #each: (element: unknown, index: number) => void;
  /** How deep in brackets the list's elements are. */
  readonly #listDepth: number;
  /** Bytes outside the list, parsed at the end. */
  #header: Uint8Array = new Uint8Array();
  /** Bytes of the list's elements that are not parsed yet, and where in the file (unpacked) they begin. */
  #pending: Uint8Array[] = [];
  #pendingStart = 0;
  #list: "before" | "inside" | "after" = "before";
  #depth = 0;
  #inString = false;
  #escaped = false;
  #count = 0;
  #offset = 0;

  constructor(path: string, key: string | null, each: (element: unknown, index: number) => void) {
    this.#path = path;
    this.#key = key;
    this.#each = each;
    this.#listDepth = key === null ? 1 : 2;
  }

  push(chunk: Uint8Array): void {
    let [depth, inString, escaped, start, lastComma] = [this.#depth, this.#inString, this.#escaped, 0, -1];
    const listDepth = this.#listDepth;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i];
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) inString = false;
      } else if (byte === QUOTE) inString = true;
      else if (byte === COMMA) {
        if (depth === listDepth && this.#list === "inside") lastComma = i;
      } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
        depth++;
        if (byte === OPEN_LIST && depth === listDepth && this.#startsList(chunk.subarray(start, i))) {
          this.#appendHeader(chunk.subarray(start, i + 1));
          start = i + 1;
          this.#list = "inside";
          this.#pendingStart = this.#offset + start;
        }
      } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
        depth--;
        if (depth === listDepth - 1 && this.#list === "inside") {
          this.#pending.push(chunk.slice(start, i));
          this.#parsePending(true);
          [start, lastComma, this.#list] = [i, -1, "after"];
        }
      }
    }
    [this.#depth, this.#inString, this.#escaped] = [depth, inString, escaped];
    this.#keepRest(chunk, start, lastComma);
    this.#offset += chunk.length;
  }

  finish(): Readonly<Record<string, unknown>> {
    if (this.#offset === 0) throw new DataError(`${this.#path} is empty; fetch or write it again`);
    if (this.#depth > 0 || this.#inString || this.#list === "inside") {
      throw new DataError(`${this.#path} is cut off after ${this.#count} whole entries; fetch or write it again`);
    }
    const header = this.#parse(this.#decode(this.#header, null), "outside its list");
    if (this.#list === "before") throw this.#missingList();
    return this.#key === null ? {} : (header as Record<string, unknown>);
  }

  #startsList(before: Uint8Array): boolean {
    if (this.#list !== "before") return false;
    const near = Buffer.concat([this.#header, before]).subarray(-NAME_BYTES).toString("latin1");
    if (this.#key === null) return near.replace(BYTE_ORDER_MARK, "").trim() === "";
    return new RegExp(`"${this.#key}"\\s*:\\s*$`).test(near);
  }

  /** What a chunk leaves over: parsed up to the last comma between elements, kept from there on. */
  #keepRest(chunk: Uint8Array, start: number, lastComma: number): void {
    if (this.#list !== "inside") return this.#appendHeader(chunk.subarray(start));
    if (lastComma < start) {
      this.#pending.push(chunk.slice(start));
      return;
    }
    this.#pending.push(chunk.slice(start, lastComma));
    this.#parsePending(false);
    this.#pending.push(chunk.slice(lastComma + 1));
    this.#pendingStart = this.#offset + lastComma + 1;
  }

  #appendHeader(bytes: Uint8Array): void {
    this.#header = Buffer.concat([this.#header, bytes]);
    if (this.#header.length > MOST_HEADER_BYTES) throw this.#missingList();
  }

  #parsePending(last: boolean): void {
    const text = this.#decode(Buffer.concat(this.#pending), this.#pendingStart);
    this.#pending = [];
    if (last && this.#count === 0 && text.trim() === "") return;
    const elements = this.#parse(`[${text}]`, `after entry ${this.#count}`) as unknown[];
    for (const element of elements) this.#each(element, this.#count++);
  }

  #parse(text: string, where: string): unknown {
    try {
      return JSON.parse(text);
    } catch (error) {
      throw new DataError(`${this.#path}: not valid JSON ${where} (${(error as Error).message}); fetch it again`);
    }
  }

  /** @param start where in the file the bytes begin; null for those outside the list, which are in two places */
  #decode(bytes: Uint8Array, start: number | null): string {
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
      const where = start === null ? "outside its list" : `at byte ${start + firstInvalid(bytes)}`;
      throw new DataError(`${this.#path} is not valid UTF-8 ${where}; it is damaged or not a JSON file`);
    }
  }

  #missingList(): DataError {
    const expected = this.#key === null ? "a list" : `an object with a list named "${this.#key}"`;
    return new DataError(`${this.#path}: expected ${expected}; is it the right file?`);
  }
}

/** Where bytes that are not UTF-8 stop being it: the length of the longest beginning that is, found by halving. */
function firstInvalid(bytes: Uint8Array): number {
  let [valid, invalid] = [0, bytes.length];
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    try {
      new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, middle), { stream: true });
      valid = middle;
    } catch {
      invalid = middle;
    }
  }
  return valid;
}

function* fileChunks(path: string): Generator<Uint8Array, void, undefined> {
  const { file, size } = openFile(path);
  try {
    if (path.endsWith(".gz")) return yield* slices(gunzip(path));
    const chunk = new Uint8Array(Math.min(CHUNK_BYTES, size + 1));
    for (;;) {
      const read = readSync(file, chunk, 0, chunk.length, null);
      if (read === 0) return;
      yield chunk.subarray(0, read);
    }
  } finally {
    closeSync(file);
  }
}

function* slices(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES);
}

function gunzip(path: string): Uint8Array {
  try {
    return gunzipSync(readFileSync(path));
  } catch (error) {
    throw new DataError(`${path} cannot be decompressed (${(error as Error).message}); fetch it again`);
  }
}
