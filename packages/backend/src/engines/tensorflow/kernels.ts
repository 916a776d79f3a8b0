import { LAYER_NORM_EPSILON } from "../../ops/norm.ts";
import type { DropoutSite } from "../../random/dropout.ts";
import { tf } from "../../tf.ts";
import { attentionKernels } from "./attention.ts";
import type { TensorflowBackend } from "./backend.ts";
import { drop, dropoutFactors } from "./dropout.ts";
import { inScope, type Scope, type TensorflowKernel, type Value } from "./scope.ts";

/** Φ(x) */
function normalCdf(s: Scope, x: Value): Value {
  const erf = s.float32("Erf", [s.float32("Mul", [x, Math.SQRT1_2])]);
  return s.float32("Mul", [s.float32("AddV2", [erf, 1]), 0.5]);
}

const kernels: Record<string, TensorflowKernel> = {
  ...attentionKernels,
  Linear: (s, { x, weight, bias }) => {
    const product = s.float32("MatMul", [x!, weight!], { transpose_b: true });
    return [s.float32("BiasAdd", [product, bias!])];
  },
  LinearInputGradient: (s, { dy, weight }) => [s.float32("MatMul", [dy!, weight!])],
  LinearWeightGradient: (s, { x, dy }) => [s.float32("MatMul", [dy!, x!], { transpose_a: true })],
  ColumnSums: (s, { x }) => [s.float32("BiasAddGrad", [x!])],
  Gelu: (s, { x }) => [s.float32("Mul", [x!, normalCdf(s, x!)])],
  GeluGradient: (s, { x, dy }) => {
    const exponent = s.float32("Mul", [s.float32("Mul", [x!, -0.5]), x!]);
    const density = s.float32("Mul", [s.float32("Exp", [exponent]), 1 / Math.sqrt(2 * Math.PI)]);
    const slope = s.float32("AddV2", [normalCdf(s, x!), s.float32("Mul", [x!, density])]);
    return [s.float32("Mul", [dy!, slope])];
  },
  Dropout: (s, { x }, { site }) => [drop(s, x!, site as DropoutSite)],
  DropoutFactors: (s, _inputs, { site, shape }) => [dropoutFactors(s, site as DropoutSite, shape as number[])],
  AddNorm: (s, { x, residual, gain, bias }, { site }) => {
    const dropped = drop(s, x!, site as DropoutSite | null);
    const z = residual === undefined ? dropped : s.float32("AddV2", [dropped, residual]);
    const centred = s.float32("Sub", [z, s.reduce("Mean", z, 1)]);
    const variance = s.reduce("Mean", s.float32("Square", [centred]), 1);
    const inverseDeviation = s.float32("Rsqrt", [s.float32("AddV2", [variance, LAYER_NORM_EPSILON])]);
    const normalised = s.float32("Mul", [centred, inverseDeviation]);
    const y = s.float32("BiasAdd", [s.float32("Mul", [normalised, gain!]), bias!]);
    return [y, normalised, s.reshape(inverseDeviation, -1)];
  },
  AddNormGradient: (s, { dy, normalised, inverseDeviation, gain }) => {
    const scaled = s.float32("Mul", [dy!, gain!]);
    const along = s.reduce("Mean", s.float32("Mul", [scaled, normalised!]), 1);
    const across = s.float32("Sub", [scaled, s.reduce("Mean", scaled, 1)]);
    const projected = s.float32("Sub", [across, s.float32("Mul", [normalised!, along])]);
    const dz = s.float32("Mul", [projected, s.reshape(inverseDeviation!, -1, 1)]);
    const dGain = s.float32("BiasAddGrad", [s.float32("Mul", [dy!, normalised!])]);
    return [dz, dGain, s.float32("BiasAddGrad", [dy!])];
  },
};

/** Registers the fused kernels that TensorFlow's own operations do better than tfjs's compositions. */
export function registerTensorflowKernels(backendName: string, backend: TensorflowBackend): void {
  for (const [kernelName, kernel] of Object.entries(kernels)) {
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc: ({ inputs, attrs }) =>
        inScope(backend, (scope) => {
          const values = Object.entries(inputs).map(([name, tensor]) => [name, scope.input(tensor as tf.TensorInfo)]);
          const outputs = kernel(scope, Object.fromEntries(values) as Record<string, Value>, attrs ?? {});
          return outputs.map((output) => scope.output(output));
        }),
    });
  }
}
