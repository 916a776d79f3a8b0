import { packedLength } from "./bits.ts";
import { PruneError } from "./prune-error.ts";
import { byName } from "./shapes.ts";

/** One number for each weight of each parameter, row-major: the higher, the more it deserves to be kept. */
export type Scores = ReadonlyMap<string, Float32Array>;

/** A run of one parameter's scores that competes with the other runs of its unit. */
export interface Slice {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Slices that compete for `keep` places among them. */
export interface Unit {
  readonly slices: readonly Slice[];
  readonly keep: number;
}

/** Below this many scores small digits win: clearing a table of 65,536 counts would cost more than the counting. */
const SMALL_UNIT = 16_384;

/**
 * The float's bits as a signed integer of the same order: negative numbers are mirrored, and -0 and +0 become one key,
 * so that equal scores are equal keys.
 */
function orderKey(bits: number): number {
  const sign = bits >> 31;
  return ((bits & 0x7fffffff) ^ sign) - sign;
}

/** Counts the values of one digit of (key - base), among the keys for which that difference has no higher digits. */
function countDigits(raw: Int32Array, base: number, shift: number, counts: Uint32Array): void {
  for (let i = 0; i < raw.length; i++) {
    const digit = (orderKey(raw[i] as number) - base) >>> shift;
    if (digit < counts.length) counts[digit] = (counts[digit] as number) + 1;
  }
}

interface Cut {
  /** Keys above are kept, keys below are not. */
  readonly key: number;
  /** How many of the scores exactly at the key are kept, the first ones by (name, index). */
  readonly ties: number;
}

/** Finds the key of the `keep`-th highest score digit by digit, from the top: each digit is one pass, nothing is sorted. */
function findCut(raws: ReadonlyMap<string, Int32Array>, slices: readonly Slice[], keep: number): Cut {
  const size = slices.reduce((sum, { start, end }) => sum + end - start, 0);
  const width = size < SMALL_UNIT ? 8 : 16;
  const counts = new Uint32Array(1 << width);
  let ties = keep;
  let key = 0x80000000 | 0;
  for (let shift = 32 - width; shift >= 0; shift -= width) {
    counts.fill(0);
    for (const { name, start, end } of slices) countDigits(rawOf(raws, name).subarray(start, end), key, shift, counts);
    let digit = counts.length - 1;
    while ((counts[digit] as number) < ties) ties -= counts[digit--] as number;
    key = (key + (digit << shift)) | 0;
  }
  return { key, ties };
}

/**
 * 1 if the score is above the cut, without a branch, which no processor could guess: the sign of (cut - key). Clamping
 * the key to the cut's side of zero (`side` is -1 for a cut from 0 up, else 0) keeps the difference within 32 bits.
 */
function isAbove(bits: number, cut: number, side: number): number {
  const key = orderKey(bits);
  return (cut - (key & ((key >> 31) ^ side))) >>> 31;
}

/** Sets the bits of a slice's scores above the cut, a byte at a time where the slice covers whole bytes. */
function keepAbove(raw: Int32Array, { start, end }: Slice, cut: number, bits: Uint8Array): void {
  const side = cut >= 0 ? -1 : 0;
  const at = (i: number) => isAbove(raw[i] as number, cut | 0, side);
  let i = start;
  for (; i < end && (i & 7) !== 0; i++) bits[i >> 3] = (bits[i >> 3] as number) | (at(i) << (i & 7));
  for (; i + 8 <= end; i += 8) {
    const low = at(i) | (at(i + 1) << 1) | (at(i + 2) << 2) | (at(i + 3) << 3);
    bits[i >> 3] = low | (at(i + 4) << 4) | (at(i + 5) << 5) | (at(i + 6) << 6) | (at(i + 7) << 7);
  }
  for (; i < end; i++) bits[i >> 3] = (bits[i >> 3] as number) | (at(i) << (i & 7));
}

/** Sets the bits of a slice's first `ties` scores at the cut; returns how many are left for the next slice. */
function keepTies(raw: Int32Array, { start, end }: Slice, { key, ties }: Cut, bits: Uint8Array): number {
  let left = ties;
  for (let i = start; i < end && left > 0; i++) {
    if (orderKey(raw[i] as number) !== key) continue;
    bits[i >> 3] = (bits[i >> 3] as number) | (1 << (i & 7));
    left--;
  }
  return left;
}

function rawOf(raws: ReadonlyMap<string, Int32Array>, name: string): Int32Array {
  const raw = raws.get(name);
  if (raw === undefined) throw new PruneError(`no scores for ${name}: score every prunable parameter`);
  return raw;
}

/** Throws a PruneError naming the first parameter that holds a NaN score, and where. */
function checkNumbers(name: string, raw: Int32Array): void {
  let beyondInfinity = 0;
  for (let i = 0; i < raw.length; i++) beyondInfinity |= 0x7f800000 - ((raw[i] as number) & 0x7fffffff);
  if (beyondInfinity >= 0) return;
  const index = raw.findIndex((bits) => (bits & 0x7fffffff) > 0x7f800000);
  throw new PruneError(`scores of ${name}: NaN at index ${index}; a score must be a number: look for 0/0 or Inf - Inf`);
}

/**
 * The packed bits of the `keep` highest scores of each unit: exactly that many, whatever the ties. Equal scores are
 * kept by parameter name, then by index, so the order of the map changes nothing. Time is linear in the number of
 * scores; memory beyond them is one bit a score. Throws a PruneError for NaN, naming the parameter.
 */
export function selectInUnits(scores: Scores, units: readonly Unit[]): Map<string, Uint8Array> {
  const raws = new Map<string, Int32Array>();
  const bits = new Map<string, Uint8Array>();
  for (const [name, values] of scores) {
    const raw = new Int32Array(values.buffer, values.byteOffset, values.length);
    checkNumbers(name, raw);
    raws.set(name, raw);
    bits.set(name, new Uint8Array(packedLength(values.length)));
  }
  for (const unit of units) selectUnit(raws, unit, bits);
  return bits;
}

function selectUnit(raws: ReadonlyMap<string, Int32Array>, unit: Unit, bits: ReadonlyMap<string, Uint8Array>): void {
  const slices = [...unit.slices].sort((a, b) => byName(a.name, b.name) || a.start - b.start);
  const size = slices.reduce((sum, { start, end }) => sum + end - start, 0);
  if (!Number.isInteger(unit.keep) || unit.keep < 0 || unit.keep > size)
    throw new PruneError(`cannot keep ${unit.keep} of ${size} weights`);
  if (unit.keep === 0) return;
  const cut = findCut(raws, slices, unit.keep);
  let left = cut.ties;
  for (const slice of slices) {
    const [raw, own] = [rawOf(raws, slice.name), bits.get(slice.name) as Uint8Array];
    keepAbove(raw, slice, cut.key, own);
    left = keepTies(raw, slice, { key: cut.key, ties: left }, own);
  }
}

/** The packed bits of the `keep` highest scores of all parameters together. See selectInUnits. */
export function selectHighest(scores: Scores, keep: number): Map<string, Uint8Array> {
  const slices = [...scores].map(([name, { length }]) => ({ name, start: 0, end: length }));
  return selectInUnits(scores, [{ slices, keep }]);
}
