import type { tf } from "../../tf.ts";
import type { OperationAttribute, OperationOutput, TensorflowBackend } from "./backend.ts";

/** Numbers of TensorFlow's types (tf_datatype.h); the binding names only some of them. */
export const TYPE = { float: 1, int32: 3, int64: 9, bool: 10, uint16: 17, resource: 20, uint64: 23 } as const;
type Type = (typeof TYPE)[keyof typeof TYPE];

/** A tensor inside a scope. */
export type Value = OperationOutput;

/** A fused kernel out of TensorFlow operations: named inputs and attributes in, outputs in the kernel's order out. */
export type TensorflowKernel = (
  s: Scope,
  inputs: Record<string, Value>,
  attributes: Record<string, unknown>,
) => Value[];

/**
 * TensorFlow operations called without tfjs in between: no gradient tape, no copies of shapes. What is made in a scope
 * is deleted with it, except what is given out.
 */
export class Scope {
  readonly #backend: TensorflowBackend;
  readonly #made: number[] = [];
  readonly #given = new Set<number>();

  constructor(backend: TensorflowBackend) {
    this.#backend = backend;
  }

  /** A tfjs tensor as an input. */
  input(tensor: tf.TensorInfo): Value {
    const [id] = this.#backend.getInputTensorIds([tensor]);
    const { TF_FLOAT, TF_INT32, TF_BOOL } = this.#backend.binding;
    const dtype = tensor.dtype === "float32" ? TF_FLOAT : tensor.dtype === "bool" ? TF_BOOL : TF_INT32;
    return { id: id!, shape: tensor.shape, dtype };
  }

  float(value: number): Value {
    return this.#create([], TYPE.float, Float32Array.of(value));
  }

  /** A vector of int32, as shapes, axes and permutations are given. */
  ints(...values: number[]): Value {
    return this.#create([values.length], TYPE.int32, Int32Array.from(values));
  }

  int(value: number): Value {
    return this.#create([], TYPE.int32, Int32Array.of(value));
  }

  /** A vector of uint64, each out of its low and its high 32 bits. */
  longs(...halves: number[]): Value {
    const signed = this.#create(
      [halves.length / 2],
      TYPE.int64,
      Int32Array.from(halves, (half) => half | 0),
    );
    return this.run("Bitcast", [signed], { T: TYPE.int64, type: TYPE.uint64 });
  }

  #create(shape: number[], dtype: Type, values: Float32Array | Int32Array): Value {
    const id = this.#backend.binding.createTensor(shape, dtype, values);
    this.#made.push(id);
    return { id, shape, dtype };
  }

  /** Runs an operation with one output. Attributes that are numbers are types. */
  run(name: string, inputs: Value[], attributes: Record<string, number | boolean | string | number[]> = {}): Value {
    return this.runFor(1, name, inputs, attributes)[0]!;
  }

  /** An operation on float32 tensors; a number stands for a scalar. */
  float32(name: string, operands: (Value | number)[], attributes: Record<string, boolean> = {}): Value {
    const values = operands.map((operand) => (typeof operand === "number" ? this.float(operand) : operand));
    return this.run(name, values, { T: TYPE.float, ...attributes });
  }

  reshape(value: Value, ...shape: number[]): Value {
    return this.run("Reshape", [value, this.ints(...shape)], { T: TYPE.float, Tshape: TYPE.int32 });
  }

  transpose(value: Value, ...order: number[]): Value {
    return this.run("Transpose", [value, this.ints(...order)], { T: value.dtype, Tperm: TYPE.int32 });
  }

  /** `Mean` or `Sum` along an axis, which stays with length 1. */
  reduce(name: "Mean" | "Sum", value: Value, axis: number): Value {
    return this.run(name, [value, this.ints(axis)], { T: TYPE.float, Tidx: TYPE.int32, keep_dims: true });
  }

  /** The sum of scalars. */
  sum(scalars: Value[]): Value {
    const { binding } = this.#backend;
    const attributes = [
      { name: "N", type: binding.TF_ATTR_INT, value: scalars.length },
      { name: "T", type: binding.TF_ATTR_TYPE, value: TYPE.float },
    ];
    const ids = scalars.map(({ id }) => id);
    return this.#track(binding.executeOp("AddN", attributes, ids, 1))[0]!;
  }

  toFloat(value: Value): Value {
    return this.run("Cast", [value], { SrcT: value.dtype, DstT: TYPE.float, Truncate: false });
  }

  /** Runs an operation with that many outputs. */
  runFor(
    outputs: number,
    name: string,
    inputs: Value[],
    attributes: Record<string, number | boolean | string | number[]> = {},
  ): Value[] {
    const { binding } = this.#backend;
    const list: OperationAttribute[] = [];
    for (const key in attributes) {
      const value = attributes[key];
      const type = Array.isArray(value)
        ? binding.TF_ATTR_SHAPE
        : typeof value === "number"
          ? binding.TF_ATTR_TYPE
          : typeof value === "boolean"
            ? binding.TF_ATTR_BOOL
            : binding.TF_ATTR_STRING;
      list.push({ name: key, type, value });
    }
    const ids = inputs.map(({ id }) => id);
    return this.#track(binding.executeOp(name, list, ids, outputs));
  }

  #track(values: Value[]): Value[] {
    for (const { id } of values) this.#made.push(id);
    return values;
  }

  /** A value as a tfjs tensor, which outlives the scope. */
  output(value: Value): tf.Tensor {
    this.#given.add(value.id);
    return this.#backend.createOutputTensor(value);
  }

  /** Deletes what was made and not given out. */
  end(): void {
    for (const id of this.#made) if (!this.#given.has(id)) this.#backend.binding.deleteTensor(id);
  }
}

/** Does something in a scope and ends it. */
export function inScope<T>(backend: TensorflowBackend, work: (scope: Scope) => T): T {
  const scope = new Scope(backend);
  try {
    return work(scope);
  } finally {
    scope.end();
  }
}
