import { philox4x32 } from "./philox.ts";

/** 32-bit FNV-1a of a stream's name: the second half of its key. */
function hashName(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** The 64-bit Philox key of a named stream under a seed: seeds and names never share numbers. */
export function streamKey(seed: number, name: string): readonly [number, number] {
  if (!Number.isSafeInteger(seed) || seed < 0) throw new RangeError(`seed ${seed}: expected a whole number from 0 up`);
  const high = Math.floor(seed / 2 ** 32);
  return [seed >>> 0, (hashName(name) ^ Math.imul(high, 0x9e3779b1)) >>> 0];
}

/** A named, seeded sequence of random numbers; two streams of one seed with different names are independent. */
export class RandomStream {
  readonly #key: readonly [number, number];
  readonly #words = new Uint32Array(4);
  #block = 0;
  #used = 4;
  #spareNormal: number | null = null;

  constructor(seed: number, name: string) {
    this.#key = streamKey(seed, name);
  }

  /** A whole number in [0, 2^32). */
  nextUint32(): number {
    if (this.#used === 4) {
      const high = Math.floor(this.#block / 2 ** 32);
      philox4x32(this.#words, this.#block >>> 0, high, 0, 0, this.#key[0], this.#key[1]);
      this.#block++;
      this.#used = 0;
    }
    return this.#words[this.#used++] as number;
  }

  /** A number in [0, 1) with 32 random bits. */
  uniform(): number {
    return this.nextUint32() / 2 ** 32;
  }

  /** A standard normal number (Box and Muller 1958). */
  normal(): number {
    if (this.#spareNormal !== null) {
      const spare = this.#spareNormal;
      this.#spareNormal = null;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log((this.nextUint32() + 1) / 2 ** 32));
    const angle = 2 * Math.PI * this.uniform();
    this.#spareNormal = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /** A whole number in [0, bound), without bias: draws past the last whole multiple of the bound are thrown away. */
  integer(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > 2 ** 32)
      throw new RangeError(`bound ${bound} of a random integer`);
    const limit = 2 ** 32 - (2 ** 32 % bound);
    for (;;) {
      const draw = this.nextUint32();
      if (draw < limit) return draw % bound;
    }
  }

  /** A random order of 0 .. count - 1 (Fisher and Yates). */
  permutation(count: number): Uint32Array {
    const order = Uint32Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const moved = order[i] as number;
      order[i] = order[j] as number;
      order[j] = moved;
    }
    return order;
  }
}

/** The stream of that name (`init`, `order`, `dropout`, `mask`, `data`, ...) under a seed. */
export function randomStream(seed: number, name: string): RandomStream {
  return new RandomStream(seed, name);
}
