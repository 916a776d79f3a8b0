import { ResultError } from "./error.ts";

/**
 * A sequence over a small alphabet, entropy-coded. `symbols` holds the values that occur, ascending, `counts` how often
 * each does, and `data` (base64) their order, in about log2 of the number of orders that these counts allow. Equal
 * sequences have equal packings, and anything but such a packing is refused.
 *
 * The coder is rANS (Duda, arXiv 1311.2540) with the counts themselves as the model. With n values in all, a symbol of
 * count f whose predecessors in `symbols` have the counts' sum c, and one whole number x that starts at n 2^8:
 * the reader gathers bytes into x until x >= n 2^8, then, for each value, finds the symbol with c <= x mod n < c + f,
 * sets x to f floor(x / n) + (x mod n) - c, and gathers bytes again; at the end x is n 2^8 and no byte is left.
 */
export interface PackedSymbols {
  symbols: number[];
  counts: number[];
  data: string;
}

/** Where the state starts and ends, for n values: it stays below 2^16 n, a small integer for VQA's splits. */
const floorOf = (n: number): number => n * 256;

/** Length of the packed sequence. */
export function lengthOf(packed: PackedSymbols): number {
  return packed.counts.reduce((sum, count) => sum + count, 0);
}

/** Packs whole numbers from 0 up, at most 2^32 of them. */
export function packSymbols(values: ArrayLike<number>): PackedSymbols {
  const countOf = new Map<number, number>();
  for (const value of Array.from(values)) countOf.set(value, (countOf.get(value) ?? 0) + 1);
  const symbols = [...countOf.keys()].sort((a, b) => a - b);
  const counts = symbols.map((symbol) => countOf.get(symbol) ?? 0);
  return { symbols, counts, data: toBase64(encode(values, symbols, counts)) };
}

function encode(values: ArrayLike<number>, symbols: readonly number[], counts: readonly number[]): number[] {
  const n = values.length;
  const spans = new Map<number, { count: number; below: number }>();
  let below = 0;
  for (const [i, count] of counts.entries()) {
    spans.set(symbols[i] ?? 0, { count, below });
    below += count;
  }
  const bytes: number[] = [];
  let state = floorOf(n);
  for (let i = n - 1; i >= 0; i--) {
    const span = spans.get(values[i] ?? 0) ?? { count: n, below: 0 };
    for (; state >= floorOf(span.count) * 256; state = Math.floor(state / 256)) bytes.push(state % 256);
    state = Math.floor(state / span.count) * n + span.below + (state % span.count);
  }
  for (; state > 0; state = Math.floor(state / 256)) bytes.push(state % 256);
  return bytes.reverse();
}

/**
 * The sequence again.
 *
 * @throws ResultError when the counts and the data do not belong together
 */
export function unpackSymbols(packed: PackedSymbols): Uint32Array {
  const { symbols, counts } = packed;
  if (symbols.length !== counts.length) throw new ResultError("packed data has not one count a symbol");
  const n = lengthOf(packed);
  const below = new Uint32Array(counts.length);
  const unseen = Int32Array.from(counts);
  const symbolAt = new Uint16Array(n);
  for (let i = 0, at = 0; i < counts.length; i++) {
    below[i] = at;
    symbolAt.fill(i, at, (at += counts[i] ?? 0));
  }
  const binary = fromBase64(packed.data);
  const values = new Uint32Array(n);
  let read = 0;
  let state = 0;
  const gather = (): void => {
    while (state < floorOf(n) && read < binary.length) state = state * 256 + binary.charCodeAt(read++);
  };
  gather();
  for (let i = 0; i < n; i++) {
    const slot = state % n;
    const symbol = symbolAt[slot] ?? 0;
    values[i] = symbols[symbol] ?? 0;
    unseen[symbol] = (unseen[symbol] ?? 0) - 1;
    state = (counts[symbol] ?? 0) * ((state - slot) / n) + slot - (below[symbol] ?? 0);
    gather();
  }
  if (state !== floorOf(n) || read !== binary.length || unseen.some((left) => left !== 0)) {
    throw new ResultError("packed data does not fit its counts");
  }
  return values;
}

function toBase64(bytes: readonly number[]): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

function fromBase64(text: string): string {
  try {
    return atob(text);
  } catch {
    throw new ResultError("packed data is not base64");
  }
}
