/** One parameter of the model as plain numbers: row-major `values` of `shape`; a linear weight is [out, in]. */
export interface WeightTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Every parameter of a model by its original name, in the original's order. */
export type Weights = ReadonlyMap<string, WeightTensor>;
