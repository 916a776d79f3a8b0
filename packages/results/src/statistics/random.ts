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
