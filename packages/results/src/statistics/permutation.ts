import { drawnWords, type WordReader, WordTape } from "./random.ts";

function onesIn(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** How many questions have each absolute difference; zero differences say nothing about who is better. */
interface Multiplicities {
  readonly sizes: Int32Array;
  readonly questions: Int32Array;
  /** Random words that the signs of one permutation take, 32 signs of one size to a word. */
  readonly words: number;
}

function multiplicities(differences: ArrayLike<number>): Multiplicities {
  const counts = new Map<number, number>();
  for (let i = 0; i < differences.length; i++) {
    const size = Math.abs(differences[i] ?? 0);
    if (size > 0) counts.set(size, (counts.get(size) ?? 0) + 1);
  }
  const groups = [...counts].sort(([a], [b]) => a - b);
  return {
    sizes: Int32Array.from(groups, ([size]) => size),
    questions: Int32Array.from(groups, ([, questions]) => questions),
    words: groups.reduce((sum, [, questions]) => sum + Math.ceil(questions / 32), 0),
  };
}

/** How many permutations, their signs read from `words`, give a sum at least `distance` away from 0. */
function countExtreme(words: Int32Array, permutations: number, groups: Multiplicities, distance: number): number {
  const { sizes, questions } = groups;
  let all = 0;
  for (let group = 0; group < sizes.length; group++) all += (sizes[group] ?? 0) * (questions[group] ?? 0);
  let extreme = 0;
  let at = 0;
  for (let permutation = 0; permutation < permutations; permutation++) {
    let positive = 0;
    for (let group = 0; group < sizes.length; group++) {
      let left = questions[group] ?? 0;
      let ones = 0;
      for (; left >= 32; left -= 32) ones += onesIn(words[at++] ?? 0);
      if (left > 0) ones += onesIn((words[at++] ?? 0) >>> (32 - left));
      positive += (sizes[group] ?? 0) * ones;
    }
    if (Math.abs(2 * positive - all) >= distance) extreme++;
  }
  return extreme;
}

/** Permutations whose signs are drawn at once. */
const BLOCK = 500;

export interface PermutationOptions {
  /** Default 10,000. */
  readonly permutations?: number;
  readonly seed?: number;
  /** The stream of `permutationTape(seed)`, for a caller that tests many pairs: the same p, sooner. */
  readonly tape?: WordTape;
}

const STREAM = "permutation";

/** The random words of the permutation test, kept between tests. */
export function permutationTape(seed = 0): WordTape {
  return new WordTape(STREAM, seed);
}

/**
 * Two-sided p of the paired permutation test (Fisher 1935): if neither side is better, each question's difference may
 * as well have had the other sign. Seeds are nested: give each question the sum of its differences over the seeds, so
 * that a question keeps one sign in all seeds, as it would for another draw of questions.
 *
 * p = (1 + permutations at least as far from 0) / (1 + permutations), never 0 (Phipson and Smyth 2010). The signs of
 * the questions with the same |difference| are drawn 32 to a word and only counted, which is what makes 10,000
 * permutations of 25,994 questions a matter of milliseconds.
 *
 * @param differences whole numbers (tenths, summed over seeds), one a question
 */
export function permutationP(
  differences: ArrayLike<number>,
  { permutations = 10_000, seed = 0, tape }: PermutationOptions = {},
): number {
  let observed = 0;
  for (let i = 0; i < differences.length; i++) observed += differences[i] ?? 0;
  const groups = multiplicities(differences);
  const fits = groups.words * permutations <= WordTape.capacity;
  const read: WordReader = tape && fits ? tape.reader() : drawnWords(STREAM, seed);
  let extreme = 0;
  for (let left = permutations; left > 0; left -= BLOCK) {
    const some = Math.min(left, BLOCK);
    extreme += countExtreme(read(some * groups.words), some, groups, Math.abs(observed));
  }
  return (1 + extreme) / (1 + permutations);
}
