import type { Weights, WeightTensor } from "@ticketbench/model";
import type { Bundle, BundleArray } from "../run/bundle.ts";

/** Several sets of weights and a few values beside them, as one bundle: arrays are called `part/parameter`. */
export function bundleOfWeights(
  parts: Iterable<readonly [part: string, weights: Weights]>,
  values: object = {},
): Bundle {
  const arrays = new Map<string, BundleArray>();
  const shapes: Record<string, readonly number[]> = {};
  for (const [part, weights] of parts) {
    for (const [name, tensor] of weights) {
      arrays.set(`${part}/${name}`, tensor.values);
      shapes[`${part}/${name}`] = tensor.shape;
    }
  }
  return { arrays, meta: { ...values, shapes } };
}

/** One part's weights, in the order in which they were put in. */
export function weightsOfBundle({ arrays, meta }: Bundle, part: string): Weights {
  const { shapes } = meta as { shapes: Record<string, readonly number[]> };
  const weights = new Map<string, WeightTensor>();
  for (const [key, values] of arrays) {
    if (!key.startsWith(`${part}/`)) continue;
    weights.set(key.slice(part.length + 1), {
      shape: shapes[key] as readonly number[],
      values: values as Float32Array,
    });
  }
  return weights;
}
