import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";

/** A source of random 32-bit words. */
export interface RandomWords {
  next(): number;
}

/** Mixes one more word into a hash (the finaliser of MurmurHash3), so that near seeds give far states. */
function mix(hash: number, word: number): number {
  let mixed = Math.imul(hash ^ word, 0x9e3779b1);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** The named stream of a seed: the same words on every machine, and other words for every other name or seed. */
export function randomWords(name: string, seed: number): RandomWords {
  let hash = mix(0, seed);
  for (let i = 0; i < name.length; i++) hash = mix(hash, name.charCodeAt(i));
  return xoroshiro128plusFromState([1, 2, 3, 4].map((lane) => mix(hash, lane)));
}

/** Gives the next words of a stream, so many at once; what it gave before may be written over. */
export type WordReader = (count: number) => Int32Array;

/** Reads a stream as it is drawn. */
export function drawnWords(name: string, seed: number): WordReader {
  const words = randomWords(name, seed);
  let block = new Int32Array(0);
  return (count) => {
    if (block.length < count) block = new Int32Array(count);
    for (let i = 0; i < count; i++) block[i] = words.next();
    return block;
  };
}

/** The first words of a stream, drawn once for many readers that all start at its beginning. */
export class WordTape {
  /** How many words it keeps at most: 16 MB. */
  static readonly capacity = 2 ** 22;
  private readonly source: RandomWords;
  private words = new Int32Array(2 ** 14);
  private filled = 0;

  constructor(name: string, seed: number) {
    this.source = randomWords(name, seed);
  }

  /** A reader of up to `capacity` words. */
  reader(): WordReader {
    let at = 0;
    return (count) => {
      this.fill(at + count);
      at += count;
      return this.words.subarray(at - count, at);
    };
  }

  private fill(end: number): void {
    if (end > this.words.length) {
      const longer = new Int32Array(Math.max(end, 2 * this.words.length));
      longer.set(this.words);
      this.words = longer;
    }
    for (; this.filled < end; this.filled++) this.words[this.filled] = this.source.next();
  }
}
