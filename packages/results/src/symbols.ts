import { ResultError } from "./error.ts";

/**
 * A sequence over a small alphabet, packed: symbol i of the sequence is `symbols[digit i]`, and the digits, base
 * `symbols.length`, lie in `data` as base64. `symbols` is ascending and holds exactly the values that occur, so equal
 * sequences have equal packings.
 */
export interface PackedSymbols {
  readonly count: number;
  readonly symbols: readonly number[];
  readonly data: string;
}

interface Layout {
  readonly digits: number;
  readonly bytes: number;
}

/** The densest way to put digits of this radix into a group of 1 to 6 whole bytes (2^48 is still an exact number). */
function layoutFor(radix: number): Layout {
  let best: Layout = { digits: 0, bytes: 1 };
  for (let bytes = 1; bytes <= 6; bytes++) {
    const capacity = 256 ** bytes;
    let digits = 0;
    for (let power = radix; power <= capacity; power *= radix) digits++;
    if (digits * best.bytes > best.digits * bytes) best = { digits, bytes };
  }
  return best;
}

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** Packs whole numbers 0..2^32-1; a sequence with one distinct value needs no data at all. */
export function packSymbols(values: ArrayLike<number>): PackedSymbols {
  const symbols = [...new Set(Array.from(values))].sort((a, b) => a - b);
  const radix = symbols.length;
  if (radix <= 1) return { count: values.length, symbols, data: "" };
  const digitOf = new Map(symbols.map((symbol, digit) => [symbol, digit]));
  const { digits, bytes } = layoutFor(radix);
  const groups = Math.ceil(values.length / digits);
  const packed = new Uint8Array(groups * bytes);
  for (let group = 0; group < groups; group++) {
    let word = 0;
    for (let i = Math.min(values.length, (group + 1) * digits) - 1; i >= group * digits; i--) {
      word = word * radix + (digitOf.get(values[i] ?? 0) ?? 0);
    }
    for (let b = 0; b < bytes; b++) {
      packed[group * bytes + b] = word % 256;
      word = Math.floor(word / 256);
    }
  }
  return { count: values.length, symbols, data: toBase64(packed) };
}

function fromBase64(text: string): string {
  try {
    return atob(text);
  } catch {
    throw new ResultError("packed data is not base64");
  }
}

/**
 * The sequence again. Anything but the one packing that `packSymbols` makes is refused: a wrong length, a group beyond
 * its range, a listed symbol that never occurs.
 */
export function unpackSymbols(packed: PackedSymbols): Uint32Array {
  const { count, symbols } = packed;
  const radix = symbols.length;
  const values = new Uint32Array(count);
  if (radix <= 1) {
    if (packed.data !== "" || (radix === 0) !== (count === 0)) throw new ResultError("packed data has a wrong length");
    return values.fill(symbols[0] ?? 0);
  }
  const { digits, bytes } = layoutFor(radix);
  const binary = fromBase64(packed.data);
  if (binary.length !== Math.ceil(count / digits) * bytes) throw new ResultError("packed data has a wrong length");
  const used = new Uint8Array(radix);
  for (let start = 0, at = 0; start < count; start += digits, at += bytes) {
    let word = 0;
    for (let b = bytes - 1; b >= 0; b--) word = word * 256 + binary.charCodeAt(at + b);
    const end = Math.min(count, start + digits);
    for (let i = start; i < end; i++) {
      const digit = word % radix;
      word = (word - digit) / radix;
      values[i] = symbols[digit] ?? 0;
      used[digit] = 1;
    }
    if (word !== 0) throw new ResultError(`packed data is out of range at question ${start}`);
  }
  if (used.includes(0)) throw new ResultError("packed data lists a value that never occurs");
  return values;
}
