import { tf } from "../tf.ts";

/** Runs a fused kernel on the current tfjs backend and records it for gradients. */
export function runKernel(
  name: string,
  inputs: Record<string, tf.Tensor | null>,
  attributes: object = {},
): tf.Tensor[] {
  const present: Record<string, tf.Tensor> = {};
  for (const [key, tensor] of Object.entries(inputs)) if (tensor !== null) present[key] = tensor;
  const outputs = tf.engine().runKernel(name, present, attributes as tf.NamedAttrMap);
  return Array.isArray(outputs) ? outputs : [outputs];
}

/** The only output of a kernel that has one. */
export function runKernelForOne<T extends tf.Tensor>(
  name: string,
  inputs: Record<string, tf.Tensor | null>,
  attributes: object = {},
): T {
  return runKernel(name, inputs, attributes)[0] as T;
}

/** Refuses a shape with the operation's name and what was expected. */
export function expectShape(
  operation: string,
  argument: string,
  tensor: tf.Tensor,
  expected: readonly (number | null)[],
): void {
  const fits =
    tensor.shape.length === expected.length && expected.every((size, i) => size === null || size === tensor.shape[i]);
  if (!fits) {
    const wanted = expected.map((size) => size ?? "any").join(", ");
    throw new RangeError(`${operation}: ${argument} has shape [${tensor.shape.join(", ")}], expected [${wanted}]`);
  }
}
