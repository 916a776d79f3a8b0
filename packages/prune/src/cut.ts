/** The cut of a selection: where in the order of the scores keeping ends. Scores are given as the bits of floats. */

/** Below this many scores small digits win: clearing a table of 65,536 counts would cost more than the counting. */
const SMALL = 16_384;

/**
 * The float's bits as a signed integer of the same order: negative numbers are mirrored, and -0 and +0 become one key,
 * so that equal scores are equal keys.
 */
export function orderKey(bits: number): number {
  const sign = bits >> 31;
  return ((bits & 0x7fffffff) ^ sign) - sign;
}

/**
 * 1 if the key is above the cut, without a branch, which no processor could guess: the sign of (cut - key). Clamping
 * the key to the cut's side of zero (`side` is -1 for a cut from 0 up, else 0) keeps the difference within 32 bits.
 */
export function isAbove(key: number, cut: number, side: number): number {
  return (cut - (key & ((key >> 31) ^ side))) >>> 31;
}

/** `side` for isAbove. */
export function sideOf(cut: number): number {
  return cut >= 0 ? -1 : 0;
}

export interface Cut {
  /** Keys above are kept, keys below are not. */
  readonly key: number;
  /** How many of the scores exactly at the key are kept. */
  readonly ties: number;
}

/** Counts the values of one digit of (key - base), among the keys for which that difference has no higher digits. */
function countDigits(view: Int32Array, base: number, shift: number, counts: Uint32Array): void {
  for (let i = 0; i < view.length; i++) {
    const digit = (orderKey(view[i] as number) - base) >>> shift;
    if (digit < counts.length) counts[digit] = (counts[digit] as number) + 1;
  }
}

/** The cut that keeps the `keep` highest scores, 1 up to all of them: digit by digit from the top, a pass for each. */
export function findCut(views: readonly Int32Array[], keep: number): Cut {
  const size = views.reduce((sum, { length }) => sum + length, 0);
  const width = size < SMALL ? 8 : 16;
  const counts = new Uint32Array(1 << width);
  let ties = keep;
  let key = 0x80000000 | 0;
  for (let shift = 32 - width; shift >= 0; shift -= width) {
    counts.fill(0);
    for (const view of views) countDigits(view, key, shift, counts);
    let digit = counts.length - 1;
    while ((counts[digit] as number) < ties) ties -= counts[digit--] as number;
    key = (key + (digit << shift)) | 0;
  }
  return { key, ties };
}
