import { type OptimiserPass, registerOptimiserPass } from "../../ops/optimiser-pass.ts";
import type { tf } from "../../tf.ts";
import type { TensorflowBackend } from "./backend.ts";
import { inScope, type Scope, TYPE, type Value } from "./scope.ts";

/** A resource variable that starts as a tensor: what TensorFlow's optimisers work on, in place. */
function variable(scope: Scope, value: Value): Value {
  // TensorFlow's name for a variable that lives as long as its handle.
  const anonymous = { container: "", shared_name: "cd2c89b7-88b7-44c8-ad83-06c2a9158347" };
  const handle = scope.run("VarHandleOp", [], { ...anonymous, dtype: TYPE.float, shape: value.shape });
  scope.runFor(0, "AssignVariableOp", [handle, value], { dtype: TYPE.float });
  return handle;
}

/** Adam as one TensorFlow operation; decay, clipping and mask go into its operands. */
function optimiserPass(backend: TensorflowBackend): OptimiserPass {
  return {
    sumOfSquares: (tensors) =>
      inScope(backend, (scope) => {
        if (tensors.length === 0) return 0;
        const halves = tensors.map((tensor) => scope.float32("L2Loss", [scope.input(tensor)]));
        const sum = scope.output(scope.sum(halves));
        const half = sum.dataSync()[0] as number;
        sum.dispose();
        return 2 * half;
      }),
    adamStep: ({ parameter, firstMoment, secondMoment, mask }, gradient, settings) => {
      const { learningRate, beta1, beta2, epsilon, weightDecay, correction1, correction2, gradientScale } = settings;
      inScope(backend, (scope) => {
        const keep = mask === null ? null : scope.toFloat(scope.input(mask));
        const scaled = (tensor: tf.Tensor, factor: number): Value => {
          const held = keep === null ? scope.input(tensor) : scope.float32("Mul", [scope.input(tensor), keep]);
          return factor === 1 ? held : scope.float32("Mul", [held, factor]);
        };
        const handles = [
          variable(scope, scaled(parameter, 1 - learningRate * weightDecay)),
          variable(scope, scaled(firstMoment, 1)),
          variable(scope, scaled(secondMoment, 1)),
        ];
        // m / c1 / (sqrt(v / c2) + e) is m sqrt(c2) / c1 / (sqrt(v) + e sqrt(c2)).
        const root = Math.sqrt(correction2);
        const numbers = [0, 0, (learningRate * root) / correction1, beta1, beta2, epsilon * root];
        scope.runFor(
          0,
          "ResourceApplyAdam",
          [...handles, ...numbers.map((number) => scope.float(number)), scaled(gradient, gradientScale)],
          { T: TYPE.float },
        );
        [parameter, firstMoment, secondMoment].forEach((kept, i) => {
          const next = scope.output(scope.run("ReadVariableOp", [handles[i]!], { dtype: TYPE.float }));
          kept.assign(next);
          next.dispose();
        });
      });
    },
  };
}

/** Gives TensorFlow's backend its own optimiser pass. */
export function registerTensorflowPass(backendName: string, backend: TensorflowBackend): void {
  registerOptimiserPass(backendName, optimiserPass(backend));
}
