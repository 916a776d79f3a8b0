/**
 * Selection from very many scores in one pass: a sample says between which keys the cut must lie; the pass keeps what is
 * above and notes where the few scores in between are, of which the right ones are then added.
 */
import { countSet } from "./bits.ts";
import { findCut, isAbove, orderKey, sideOf } from "./cut.ts";

const SAMPLE = 65_536;

interface Bracket {
  /** Keys up to here are not kept. */
  readonly low: number;
  /** Keys above here are kept. */
  readonly high: number;
}

/** Keys between which the cut lies, but for one case in ten thousand: four deviations of a sample's quantile. */
function guessBracket(views: readonly Int32Array[], size: number, keep: number): Bracket {
  const stride = Math.floor(size / SAMPLE);
  const sample = new Int32Array(SAMPLE);
  let taken = 0;
  let next = 0;
  for (const view of views) {
    for (; next < view.length && taken < SAMPLE; next += stride) sample[taken++] = orderKey(view[next] as number);
    next -= view.length;
  }
  sample.sort();
  const place = Math.round((1 - keep / size) * SAMPLE);
  const margin = 2 * Math.sqrt(SAMPLE);
  return { low: sample[place - margin] ?? 0x80000000 | 0, high: sample[place + margin] ?? 0x7fffffff };
}

/** The scores inside the bracket: their bits and their indices, of all views one after another. */
interface Inside {
  readonly scores: Int32Array;
  readonly indices: Int32Array;
  count: number;
}

/** Sets the bits of a view's scores above the bracket, eight at a time, and notes those inside. */
function passOver(view: Int32Array, { low, high }: Bracket, bits: Uint8Array, inside: Inside): void {
  const [lowSide, highSide] = [sideOf(low), sideOf(high)];
  for (let start = 0; start < view.length; start += 8) {
    const length = Math.min(8, view.length - start);
    let above = 0;
    let aboveLow = 0;
    for (let j = 0; j < length; j++) {
      const key = orderKey(view[start + j] as number);
      above |= isAbove(key, high, highSide) << j;
      aboveLow |= isAbove(key, low, lowSide) << j;
    }
    bits[start >> 3] = above;
    for (let rest = above ^ aboveLow, i = start; rest !== 0; rest >>= 1, i++) {
      if ((rest & 1) === 0) continue;
      inside.indices[inside.count] = i;
      inside.scores[inside.count++] = view[i] as number;
    }
  }
}

/**
 * Sets the bits of the `keep` highest scores of all views (the bits of floats), the first ones of equals. Returns false,
 * with bits of no meaning, when the guess was wrong or too many scores lie inside it, as where most are equal.
 */
export function selectByBracket(views: readonly Int32Array[], bits: readonly Uint8Array[], keep: number): boolean {
  const size = views.reduce((sum, { length }) => sum + length, 0);
  const bracket = guessBracket(views, size, keep);
  const inside: Inside = { scores: new Int32Array(size >> 4), indices: new Int32Array(size >> 4), count: 0 };
  const ends: number[] = [];
  for (const [i, view] of views.entries()) {
    passOver(view, bracket, bits[i] as Uint8Array, inside);
    ends.push(inside.count);
    if (inside.count > inside.scores.length) return false;
  }
  const wanted = keep - bits.reduce((sum, each) => sum + countSet(each), 0);
  if (wanted < 0 || wanted > inside.count) return false;
  if (wanted > 0) addInside(inside, ends, bits, wanted);
  return true;
}

/** Sets the bits of the `wanted` highest scores inside the bracket. */
function addInside(inside: Inside, ends: readonly number[], bits: readonly Uint8Array[], wanted: number): void {
  const cut = findCut([inside.scores.subarray(0, inside.count)], wanted);
  let ties = cut.ties;
  let at = 0;
  for (const [i, own] of bits.entries()) {
    for (; at < (ends[i] as number); at++) {
      const key = orderKey(inside.scores[at] as number);
      if (key < cut.key || (key === cut.key && ties-- <= 0)) continue;
      const index = inside.indices[at] as number;
      own[index >> 3] = (own[index >> 3] as number) | (1 << (index & 7));
    }
  }
}
