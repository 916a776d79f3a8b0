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
 * The float's bits as an integer of the same order, offset to be unsigned: negative numbers are mirrored, and -0 and +0
 * become one key, so that equal scores are equal keys.
 */
function orderKey(bits: number): number {
  const sign = bits >> 31;
  return (((bits & 0x7fffffff) ^ sign) - sign) ^ 0x80000000;
}

/** Counts each value of the digit at `shift` among the scores whose higher digits are `prefix`. */
function countDigits(raw: Int32Array, slice: Slice, shift: number, width: number, prefix: number, counts: Uint32Array) {
  const digits = (1 << width) - 1;
  const above = shift + width;
  for (let i = slice.start; i < slice.end; i++) {
    const key = orderKey(raw[i] as number);
    if (above < 32 && key >>> above !== prefix) continue;
    const digit = (key >>> shift) & digits;
    counts[digit] = (counts[digit] as number) + 1;
  }
}

interface Cut {
  /** Keys above are kept, keys below are not. */
  readonly key: number;
  /** How many of the scores exactly at the key are kept, the first ones by (name, index). */
  readonly ties: number;
}

/** Finds the key of the `keep`-th highest score digit by digit, from the top: each digit is one pass, nothing is sorted. */
function findCut(raws: ReadonlyMap<string, Int32Array>, unit: Unit): Cut {
  const size = unit.slices.reduce((sum, { start, end }) => sum + end - start, 0);
  const width = size < SMALL_UNIT ? 8 : 16;
  const counts = new Uint32Array(1 << width);
  let wanted = unit.keep;
  let prefix = 0;
  for (let shift = 32 - width; shift >= 0; shift -= width) {
    counts.fill(0);
    for (const slice of unit.slices) countDigits(rawOf(raws, slice.name), slice, shift, width, prefix, counts);
    let digit = counts.length - 1;
    while ((counts[digit] as number) < wanted) wanted -= counts[digit--] as number;
    prefix = ((prefix << width) | digit) >>> 0;
  }
  return { key: prefix, ties: wanted };
}

/** Sets the bits of a slice's scores above the cut and of its first `ties` scores at the cut; returns the ties left. */
function keepAbove(raw: Int32Array, { start, end }: Slice, key: number, ties: number, bits: Uint8Array): number {
  let left = ties;
  for (let i = start; i < end; i++) {
    const own = orderKey(raw[i] as number) >>> 0;
    if (own < key) continue;
    if (own === key && left-- <= 0) continue;
    bits[i >> 3] = (bits[i >> 3] as number) | (1 << (i & 7));
  }
  return Math.max(left, 0);
}

function keepAll({ start, end }: Slice, bits: Uint8Array): void {
  for (let i = start; i < end; i++) bits[i >> 3] = (bits[i >> 3] as number) | (1 << (i & 7));
}

function rawOf(raws: ReadonlyMap<string, Int32Array>, name: string): Int32Array {
  const raw = raws.get(name);
  if (raw === undefined) throw new PruneError(`no scores for ${name}: score every prunable parameter`);
  return raw;
}

/** Throws a PruneError naming the first parameter that holds a NaN score, and where. */
function checkNumbers(name: string, raw: Int32Array): void {
  for (let i = 0; i < raw.length; i++) {
    if (((raw[i] as number) & 0x7fffffff) > 0x7f800000)
      throw new PruneError(
        `scores of ${name}: NaN at index ${i}; a score must be a number, so look for 0/0 or Inf-Inf`,
      );
  }
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
  const cut = unit.keep === size ? null : findCut(raws, unit);
  let ties = cut?.ties ?? 0;
  for (const slice of slices) {
    const own = bits.get(slice.name) as Uint8Array;
    if (cut === null) keepAll(slice, own);
    else ties = keepAbove(rawOf(raws, slice.name), slice, cut.key, ties, own);
  }
}

/** The packed bits of the `keep` highest scores of all parameters together. See selectInUnits. */
export function selectHighest(scores: Scores, keep: number): Map<string, Uint8Array> {
  const slices = [...scores].map(([name, { length }]) => ({ name, start: 0, end: length }));
  return selectInUnits(scores, [{ slices, keep }]);
}
