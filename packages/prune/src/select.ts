import { packedLength } from "./bits.ts";
import { selectByBracket } from "./bracket.ts";
import { type Cut, findCut, isAbove, orderKey, sideOf } from "./cut.ts";
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

/** From this many scores on, a sample pays: it saves passes over all of them. */
const LARGE_UNIT = 2_000_000;

/** Sets the bits of a slice's scores above the cut, a byte at a time where the slice covers whole bytes. */
function keepAbove(raw: Int32Array, { start, end }: Slice, cut: number, bits: Uint8Array): void {
  const side = sideOf(cut);
  const at = (i: number) => isAbove(orderKey(raw[i] as number), cut, side);
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
  const runs = [...unit.slices]
    .sort((a, b) => byName(a.name, b.name) || a.start - b.start)
    .map((slice) => ({ slice, raw: rawOf(raws, slice.name), bits: bits.get(slice.name) as Uint8Array }));
  const size = runs.reduce((sum, { slice }) => sum + slice.end - slice.start, 0);
  if (!Number.isInteger(unit.keep) || unit.keep < 0 || unit.keep > size)
    throw new PruneError(`cannot keep ${unit.keep} of ${size} weights`);
  if (unit.keep === 0 || selectAtOnce(runs, size, unit.keep)) return;
  const cut = findCut(
    runs.map(({ slice, raw }) => raw.subarray(slice.start, slice.end)),
    unit.keep,
  );
  let left = cut.ties;
  for (const run of runs) {
    keepAbove(run.raw, run.slice, cut.key, run.bits);
    left = keepTies(run.raw, run.slice, { key: cut.key, ties: left }, run.bits);
  }
}

/** A slice with its parameter's scores, as the bits of floats, and the mask bits to set. */
interface Run {
  readonly slice: Slice;
  readonly raw: Int32Array;
  readonly bits: Uint8Array;
}

/** Tries the one pass for very many scores of whole parameters; false, with no bit set, where that does not do. */
function selectAtOnce(runs: readonly Run[], size: number, keep: number): boolean {
  if (size < LARGE_UNIT || runs.some(({ slice, raw }) => slice.end - slice.start < raw.length)) return false;
  const [views, bits] = [runs.map(({ raw }) => raw), runs.map((run) => run.bits)];
  if (selectByBracket(views, bits, keep)) return true;
  for (const own of bits) own.fill(0);
  return false;
}

/** The packed bits of the `keep` highest scores of all parameters together. See selectInUnits. */
export function selectHighest(scores: Scores, keep: number): Map<string, Uint8Array> {
  const slices = [...scores].map(([name, { length }]) => ({ name, start: 0, end: length }));
  return selectInUnits(scores, [{ slices, keep }]);
}
