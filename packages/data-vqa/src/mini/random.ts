import { hash } from "node:crypto";
import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";

type State = readonly [number, number, number, number];

/** Standard deviation of the sum of eight independent uniform bytes. */
const EIGHT_BYTES_DEVIATION = Math.sqrt((8 * (256 * 256 - 1)) / 12);
const EIGHT_BYTES_MEAN = (8 * 255) / 2;

/**
 * A stream of random numbers that has the same bits on every machine: xoroshiro128+ on 32-bit integers, seeded from a
 * SHA-256 of the stream's name, and nothing derived from it but sums, products and comparisons.
 */
export class RandomStream {
  readonly #state: State;
  readonly #generator: RandomGenerator;

  private constructor(state: State) {
    this.#state = state;
    this.#generator = xoroshiro128plusFromState(state);
  }

  /** The stream of a name, e.g. `("mini-vqa", "quick", 0, "train")`. */
  static named(...name: readonly (string | number)[]): RandomStream {
    const digest = hash("sha256", JSON.stringify(name), "buffer");
    return new RandomStream([
      digest.readInt32LE(0),
      digest.readInt32LE(4),
      digest.readInt32LE(8),
      digest.readInt32LE(12) | 1,
    ]);
  }

  /** An independent stream that depends on how this one began and on `index`, not on what was drawn from it. */
  child(index: number): RandomStream {
    const [a, b, c, d] = this.#state;
    const salt = mix(index + 0x9e3779b9);
    return new RandomStream([
      mix(a ^ salt),
      mix(b ^ mix(salt + 1)),
      mix(c ^ mix(salt + 2)),
      mix(d ^ mix(salt + 3)) | 1,
    ]);
  }

  /** An integer in 0..2^32 - 1. */
  uint32(): number {
    return this.#generator.next() >>> 0;
  }

  /** An integer in 0..n - 1, without bias. */
  integer(n: number): number {
    const limit = 0x1_0000_0000 - (0x1_0000_0000 % n);
    for (;;) {
      const drawn = this.uint32();
      if (drawn < limit) return drawn % n;
    }
  }

  /** A multiple of 2^-32 in [0, 1). */
  uniform(): number {
    return this.uint32() / 0x1_0000_0000;
  }

  /** A number in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  /** Nearly N(0, 1): the standardised sum of eight uniform bytes (Irwin-Hall), within +-4.9. */
  normal(): number {
    const a = this.#generator.next();
    const b = this.#generator.next();
    const pairs = (a & 0xff00ff) + ((a >>> 8) & 0xff00ff) + (b & 0xff00ff) + ((b >>> 8) & 0xff00ff);
    return ((pairs & 0xffff) + (pairs >>> 16) - EIGHT_BYTES_MEAN) / EIGHT_BYTES_DEVIATION;
  }

  /** One element, each with the same chance. The list must not be empty. */
  pick<T>(list: readonly T[]): T {
    const element = list[this.integer(list.length)];
    if (element === undefined) throw new RangeError("cannot pick from an empty list");
    return element;
  }

  /** The key of a table of weights, in proportion to its weight. Tables are constants. */
  weighted<K extends string>(weights: Readonly<Partial<Record<K, number>>>): K {
    const { entries, total } = tableOf(weights);
    let left = this.uniform() * total;
    for (const [key, weight] of entries) if ((left -= weight) < 0) return key as K;
    const last = entries.at(-1);
    if (!last) throw new RangeError("cannot draw from an empty table");
    return last[0] as K;
  }
}

interface WeightTable {
  readonly entries: readonly (readonly [key: string, weight: number])[];
  readonly total: number;
}

/** Tables that were drawn from, taken apart once. */
const tables = new WeakMap<object, WeightTable>();

function tableOf(weights: Readonly<Record<string, number | undefined>>): WeightTable {
  const known = tables.get(weights);
  if (known) return known;
  const entries = Object.entries(weights).map(([key, weight]) => [key, weight ?? 0] as const);
  const table = { entries, total: entries.reduce((sum, [, weight]) => sum + weight, 0) };
  tables.set(weights, table);
  return table;
}

/** The 32-bit finaliser of MurmurHash3: every input bit reaches every output bit. */
function mix(word: number): number {
  let h = word | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
