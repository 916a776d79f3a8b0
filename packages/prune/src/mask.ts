import { sizeOf, type Weights, type WeightTensor } from "@ticketbench/model";
import { allSet, countBoth, countSet, pack, packedLength, unpack } from "./bits.ts";
import { PruneError } from "./prune-error.ts";
import { byName, describeShapes, type Shapes } from "./shapes.ts";

/** The one place that says which way round a mask is: a 1 keeps its weight, a 0 prunes it. */
export const KEEP = 1;

/**
 * Which weights of a model are kept: one bit a weight, by parameter name. A value: it is checked when made and never
 * changes. Parameters that were never up for pruning have no bits and are kept whole.
 */
export class Mask {
  readonly shapes: Shapes;
  readonly #bits: ReadonlyMap<string, Uint8Array>;
  readonly #kept: ReadonlyMap<string, number>;

  /** `bits` holds the packed bits of each prunable parameter; a wrong name, length or spare bit is a PruneError. */
  constructor(shapes: Shapes, bits: ReadonlyMap<string, Uint8Array>) {
    for (const [name, packed] of bits) checkBits(name, packed, shapes.get(name));
    this.shapes = new Map([...shapes].map(([name, shape]) => [name, [...shape]]));
    this.#bits = new Map([...bits].sort(([a], [b]) => byName(a, b)).map(([name, packed]) => [name, packed.slice()]));
    this.#kept = new Map([...this.#bits].map(([name, packed]) => [name, countSet(packed)]));
  }

  /** The mask that keeps everything, with these parameters up for pruning. */
  static dense(shapes: Shapes, prunable: Iterable<string>): Mask {
    const bits = [...prunable].map((name) => [name, allSet(sizeOf(shapes.get(name) ?? []))] as const);
    return new Mask(shapes, new Map(bits));
  }

  /** From one byte a weight: 1 keeps, 0 prunes, anything else is a PruneError. */
  static fromBytes(shapes: Shapes, bytes: ReadonlyMap<string, Uint8Array>): Mask {
    const bits = new Map<string, Uint8Array>();
    for (const [name, values] of bytes) {
      let wrong = 0;
      while (wrong < values.length && (values[wrong] as number) <= 1) wrong++;
      if (wrong < values.length)
        throw new PruneError(`mask of ${name}: ${values[wrong]} at index ${wrong}; a mask holds 0 and 1`);
      const size = sizeOf(shapes.get(name) ?? []);
      if (shapes.has(name) && values.length !== size)
        throw new PruneError(`mask of ${name}: ${values.length} entries for ${size} weights`);
      bits.set(name, pack(values));
    }
    return new Mask(shapes, bits);
  }

  /** The parameters that were up for pruning, sorted by name. */
  get prunable(): readonly string[] {
    return [...this.#bits.keys()];
  }

  /** How many weights of a parameter, or of the prunable ones together, are kept. */
  kept(name?: string): number {
    if (name !== undefined) return this.#kept.get(name) ?? this.size(name);
    return [...this.#kept.values()].reduce((sum, kept) => sum + kept, 0);
  }

  /** How many weights a parameter has, or the prunable ones together. */
  size(name?: string): number {
    if (name === undefined) return this.prunable.reduce((sum, each) => sum + this.size(each), 0);
    const shape = this.shapes.get(name);
    if (shape === undefined) throw new PruneError(`the mask's model has no parameter ${name}`);
    return sizeOf(shape);
  }

  /** The pruned share of the prunable weights, 0..1, counted from the bits. */
  get sparsity(): number {
    const size = this.size();
    return size === 0 ? 0 : 1 - this.kept() / size;
  }

  /** The packed bits of a parameter (a copy), lowest first: 1 = keep. */
  bits(name: string): Uint8Array {
    return this.#bits.get(name)?.slice() ?? allSet(this.size(name));
  }

  /** One byte a weight, 1 = keep: what the optimiser step takes. */
  toBytes(name: string): Uint8Array {
    const bits = this.#bits.get(name);
    return bits === undefined ? new Uint8Array(this.size(name)).fill(KEEP) : unpack(bits, this.size(name));
  }

  /** The weights with every pruned one exactly 0. Tensors that lose nothing are shared, not copied. */
  apply(weights: Weights): Weights {
    this.checkModel(weights);
    return new Map([...weights].map(([name, tensor]) => [name, this.#applyTo(name, tensor)]));
  }

  #applyTo(name: string, { shape, values }: WeightTensor): WeightTensor {
    const bits = this.#bits.get(name);
    if (bits === undefined || this.kept(name) === values.length) return { shape, values };
    const masked = new Float32Array(values.length);
    for (let i = 0; i < values.length; i++) {
      if (((bits[i >> 3] as number) >> (i & 7)) & 1) masked[i] = values[i] as number;
    }
    return { shape, values: masked };
  }

  /** Pruned weights that are not exactly 0, by parameter; empty when the mask held. */
  regrown(weights: Weights): ReadonlyMap<string, number> {
    this.checkModel(weights);
    const counts = new Map<string, number>();
    for (const [name, bits] of this.#bits) {
      const values = weights.get(name)?.values ?? new Float32Array();
      let count = 0;
      for (let i = 0; i < values.length; i++) {
        if ((((bits[i >> 3] as number) >> (i & 7)) & 1) === 0 && values[i] !== 0) count++;
      }
      if (count > 0) counts.set(name, count);
    }
    return counts;
  }

  /** Throws a PruneError naming the first parameter in which the weights are not of this mask's model. */
  checkModel(weights: Weights): void {
    for (const [name, shape] of this.shapes) {
      const found = weights.get(name)?.shape;
      if (found === undefined) throw new PruneError(`this mask is of another model: the weights have no ${name}`);
      if (found.join() !== shape.join())
        throw new PruneError(
          `this mask is of another model: ${name} is [${found.join(", ")}] here, [${shape.join(", ")}] in the mask`,
        );
    }
    const extra = [...weights.keys()].find((name) => !this.shapes.has(name));
    if (extra !== undefined) throw new PruneError(`this mask is of another model: it knows no ${extra}`);
  }

  /** How many prunable weights both masks keep. The masks must be of one model and one scope. */
  overlap(other: Mask): number {
    this.#checkComparable(other);
    let both = 0;
    for (const [name, bits] of this.#bits) both += countBoth(bits, other.#bits.get(name) ?? bits);
    return both;
  }

  /** Whether every weight this mask keeps is kept by the other too. */
  isNestedIn(other: Mask): boolean {
    return this.overlap(other) === this.kept();
  }

  /** Whether both masks keep exactly the same weights. */
  equals(other: Mask): boolean {
    const both = this.overlap(other);
    return both === this.kept() && both === other.kept();
  }

  #checkComparable(other: Mask): void {
    if (describeShapes(this.shapes) !== describeShapes(other.shapes))
      throw new PruneError("the two masks are of different models and cannot be compared");
    if (this.prunable.join() !== other.prunable.join())
      throw new PruneError("the two masks have different prunable parameters and cannot be compared");
  }

  /** The packed bits of every prunable parameter, one after another, sorted by name. */
  content(): Uint8Array<ArrayBuffer> {
    const content = new Uint8Array(this.prunable.reduce((sum, name) => sum + packedLength(this.size(name)), 0));
    let offset = 0;
    for (const bits of this.#bits.values()) {
      content.set(bits, offset);
      offset += bits.length;
    }
    return content;
  }
}

function checkBits(name: string, packed: Uint8Array, shape: readonly number[] | undefined): void {
  if (shape === undefined) throw new PruneError(`mask of ${name}: the model has no such parameter`);
  const size = sizeOf(shape);
  if (packed.length !== packedLength(size))
    throw new PruneError(`mask of ${name}: ${packed.length} bytes for ${size} weights, not ${packedLength(size)}`);
  if (size % 8 !== 0 && (packed.at(-1) as number) >> (size % 8) !== 0)
    throw new PruneError(`mask of ${name}: bits are set past its last weight; the mask is damaged`);
}
