import { philox4x32 } from "./philox.ts";
import { streamKey } from "./stream.ts";

/**
 * One use of dropout: which elements are dropped is a pure function of these numbers, so the backward pass draws the
 * same mask again instead of storing it, and a resumed run needs no state.
 */
export interface DropoutSite {
  /** Share of elements dropped, as a threshold on 16 random bits. */
  readonly threshold: number;
  /** What kept elements are multiplied with: 1 / (1 - threshold / 65536). */
  readonly scale: number;
  readonly key0: number;
  readonly key1: number;
  /** Training step. */
  readonly step: number;
  /** Position of this use in the forward pass. */
  readonly site: number;
}

/** Dropout of one training run: hands every use in a forward pass its own place in the `dropout` stream. */
export class Dropout {
  readonly rate: number;
  readonly #key: readonly [number, number];
  #step = 0;
  #site = 0;

  /** @param rate share of elements dropped, from 0 up to, not including, 1; rounded to a multiple of 2^-16 */
  constructor(rate: number, seed: number) {
    if (!(rate >= 0 && rate < 1))
      throw new RangeError(`dropout ${rate}: expected a number from 0 up to, not including, 1`);
    this.rate = rate;
    this.#key = streamKey(seed, "dropout");
  }

  /** Begins the forward pass of a training step. */
  startStep(step: number): void {
    this.#step = step;
    this.#site = 0;
  }

  /** The next use of dropout in this forward pass; null when nothing is dropped. */
  next(): DropoutSite | null {
    const site = this.#site++;
    const threshold = Math.round(this.rate * 65536);
    if (threshold === 0) return null;
    const scale = Math.fround(1 / (1 - threshold / 65536));
    return { threshold, scale, key0: this.#key[0], key1: this.#key[1], step: this.#step, site };
  }
}

/**
 * The factors (0 or `scale`) of the first `count` elements at a site. Elements come in groups of 32, eight vectors of
 * four: vector v of a group takes half v % 2 of word v / 2 of blocks 4 g .. 4 g + 3, one a lane, which is the order a
 * SIMD kernel finds them in.
 */
export function dropoutFactors(site: DropoutSite, count: number): Float32Array {
  const factors = new Float32Array(count);
  const words = new Uint32Array(4);
  const blocks = 4 * Math.ceil(count / 32);
  for (let block = 0; block < blocks; block++) {
    philox4x32(words, block, 0, site.step, site.site, site.key0, site.key1);
    const first = (block >> 2) * 32 + (block & 3);
    for (let vector = 0; vector < 8; vector++) {
      const index = first + vector * 4;
      if (index >= count) break;
      const half = ((words[vector >> 1] as number) >>> ((vector & 1) * 16)) & 0xffff;
      factors[index] = half >= site.threshold ? site.scale : 0;
    }
  }
  return factors;
}
