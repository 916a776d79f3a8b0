import { ModelError } from "./error.ts";
import { sizeOf } from "./parameters.ts";

/** One tensor outside any engine; Linear weights are [out, in], as PyTorch stores them. */
export interface WeightTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Tensors by name, in the original's parameter order. */
export type Weights = ReadonlyMap<string, WeightTensor>;

/** Names in an error message: the first few, and how many more. */
function listed(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(", ");
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}

/**
 * Refuses weights that do not fit the expected names and shapes, or that hold NaN or infinity.
 * @throws ModelError naming tensor, what it is and what was expected
 */
export function checkWeights(
  weights: Weights,
  expected: ReadonlyMap<string, { readonly shape: readonly number[] }>,
): void {
  const missing = [...expected.keys()].filter((name) => !weights.has(name));
  const extra = [...weights.keys()].filter((name) => !expected.has(name));
  // Both at once are one tensor under another name, or another model: shown together, it is plain which.
  const wrong = [
    ...(missing.length > 0 ? [`missing ${listed(missing)}`] : []),
    ...(extra.length > 0 ? [`not part of this model: ${listed(extra)}`] : []),
  ];
  if (wrong.length > 0) throw new ModelError(`weights: ${wrong.join("; ")}`);
  for (const [name, { shape }] of expected) {
    const tensor = weights.get(name) as WeightTensor;
    if (tensor.shape.length !== shape.length || tensor.shape.some((extent, i) => extent !== shape[i]))
      throw new ModelError(`weights: ${name} is [${tensor.shape.join(", ")}], expected [${shape.join(", ")}]`);
    if (tensor.values.length !== sizeOf(shape))
      throw new ModelError(`weights: ${name} holds ${tensor.values.length} values, expected ${sizeOf(shape)}`);
    const bad = firstNotFinite(tensor.values);
    if (bad !== -1) throw new ModelError(`weights: ${name} holds ${tensor.values[bad]} at index ${bad}`);
  }
}

function firstNotFinite(values: Float32Array): number {
  // Zero times a finite number is zero, and NaN for any other: one pass without a branch.
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] as number) * 0;
  return sum === 0 ? -1 : values.findIndex((value) => !Number.isFinite(value));
}
