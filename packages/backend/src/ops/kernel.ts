import { recordCall, recorder } from "../tape.ts";
import { tf } from "../tf.ts";

type KernelFunction = (call: {
  inputs: tf.NamedTensorInfoMap;
  attrs: tf.NamedAttrMap;
  backend: tf.KernelBackend;
}) => tf.TensorInfo | tf.TensorInfo[];

/**
 * Runs a fused kernel on the current tfjs backend and records it for gradients. It does not take tfjs's own way, which
 * takes as long as a small kernel does, except where tfjs counts the calls.
 */
export function runKernel(name: string, inputs: Record<string, tf.Tensor>, attributes: object = {}): tf.Tensor[] {
  const attrs = attributes as tf.NamedAttrMap;
  const engine = recorder();
  const { state, backend } = engine;
  if (state.profiling) {
    const outputs = tf.engine().runKernel(name, inputs, attrs);
    return Array.isArray(outputs) ? outputs : [outputs];
  }
  const isRecorded = state.gradientDepth > 0 && state.kernelDepth === 0;
  const kernel = kernelOf(name, engine.backendName);
  let made: tf.TensorInfo | tf.TensorInfo[];
  state.kernelDepth++;
  try {
    made = kernel({ inputs, attrs, backend });
  } finally {
    state.kernelDepth--;
  }
  const outputs = (Array.isArray(made) ? made : [made]).map(
    (output): tf.Tensor =>
      output instanceof tf.Tensor ? (output as tf.Tensor) : engine.makeTensorFromTensorInfo(output),
  );
  if (isRecorded) recordCall(name, inputs, outputs, attrs);
  return outputs;
}

/** Looked up each time: whoever watches a network puts kernels of their own in the registry for a while. */
function kernelOf(name: string, backendName: string): KernelFunction {
  const registered = tf.getKernel(name, backendName) as { kernelFunc: KernelFunction } | undefined;
  if (registered === undefined) throw new Error(`kernel ${name} is not registered for backend ${backendName}`);
  return registered.kernelFunc;
}

/** The only output of a kernel that has one. */
export function runKernelForOne<T extends tf.Tensor>(
  name: string,
  inputs: Record<string, tf.Tensor>,
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
