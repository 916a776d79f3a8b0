/**
 * The "iterative" pruning of the 2021 study as its code ran it: rounds without training between them, each taking a
 * tenth of what is left of every parameter, until the asked share of all prunable weights is gone. It therefore
 * overshoots: 20 % becomes 27.1 %.
 */
import { KEEP, Mask } from "./mask.ts";
import type { PruneContext } from "./define-method.ts";

/** Rounds half to the even neighbour, as NumPy does. */
function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const half = value - floor === 0.5;
  return half ? floor + (floor % 2) : Math.round(value);
}

/** |w| as the bits of a float without sign: for such numbers the order of the bits is the order of the values. */
function magnitudeBits(values: Float32Array): Uint32Array {
  const magnitudes = Uint32Array.from(new Uint32Array(values.buffer, values.byteOffset, values.length));
  for (let i = 0; i < magnitudes.length; i++) magnitudes[i] = (magnitudes[i] as number) & 0x7fffffff;
  return magnitudes;
}

/** One parameter on its way through the rounds. */
class Parameter {
  readonly #values: Float32Array;
  readonly #sorted: Uint32Array;
  /** Magnitudes up to and including this one are gone; -1 before the first round. */
  #cutoff = -1;
  removed = 0;

  constructor(values: Float32Array) {
    this.#values = values;
    this.#sorted = magnitudeBits(values).sort();
  }

  /** Removes the magnitudes up to and including the one at a tenth of what is left: one more than a tenth, plus ties. */
  round(): void {
    const left = this.#sorted.length - this.removed;
    if (left === 0) return;
    this.#cutoff = this.#sorted[this.removed + roundHalfToEven(0.1 * left)] as number;
    while (this.removed < this.#sorted.length && (this.#sorted[this.removed] as number) <= this.#cutoff) this.removed++;
  }

  /** One byte a weight, 1 = keep. */
  mask(): Uint8Array {
    const magnitudes = magnitudeBits(this.#values);
    const mask = new Uint8Array(magnitudes.length);
    for (let i = 0; i < mask.length; i++) mask[i] = (magnitudes[i] as number) > this.#cutoff ? KEEP : 0;
    return mask;
  }
}

/** A model on its way through the rounds. */
export class ThesisRounds {
  readonly #parameters: ReadonlyMap<string, Parameter>;
  readonly #size: number;
  rounds = 0;

  constructor({ weights, prunable }: Pick<PruneContext, "weights" | "prunable">) {
    const values = prunable.map((name) => [name, weights.get(name)?.values ?? new Float32Array()] as const);
    this.#parameters = new Map(values.map(([name, each]) => [name, new Parameter(each)]));
    this.#size = values.reduce((sum, [, { length }]) => sum + length, 0);
  }

  /** Rounds until the removed share of the prunable weights reaches the nominal sparsity; none for 0. */
  runTo(sparsity: number): void {
    const removed = () => [...this.#parameters.values()].reduce((sum, parameter) => sum + parameter.removed, 0);
    for (; removed() < sparsity * this.#size; this.rounds++)
      for (const parameter of this.#parameters.values()) parameter.round();
  }

  /** Removed weights by parameter. */
  get removed(): ReadonlyMap<string, number> {
    return new Map([...this.#parameters].map(([name, { removed }]) => [name, removed]));
  }

  /** The low-magnitude mask of a parameter, one byte a weight, 1 = keep. */
  mask(name: string): Uint8Array {
    return this.#parameters.get(name)?.mask() ?? new Uint8Array();
  }
}

/** A mask made parameter by parameter from the low-magnitude one at the nominal sparsity. */
export function fromLowMask(context: PruneContext, make: (name: string, low: Uint8Array) => Uint8Array): Mask {
  const rounds = new ThesisRounds(context);
  rounds.runTo(context.sparsity);
  const masks = context.prunable.map((name) => [name, make(name, rounds.mask(name))] as const);
  return Mask.fromBytes(context.shapes, new Map(masks));
}

/** BibTeX of the study. */
export const THESIS_CITATION = `@article{hashemi2023lxmert,
  title = {{LXMERT} Model Compression for Visual Question Answering},
  author = {Hashemi, Maryam and Mahmoudi, Ghazaleh and Kodeiri, Sara and Sheikhi, Hadi and Eetemadi, Sauleh},
  journal = {arXiv preprint arXiv:2310.15325},
  year = {2023}
}`;
