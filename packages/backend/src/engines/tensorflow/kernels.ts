import { type OptimiserPass, registerOptimiserPass } from "../../ops/optimiser-pass.ts";
import type { DropoutSite } from "../../random/dropout.ts";
import { tf } from "../../tf.ts";
import type { TensorflowBackend } from "./backend.ts";
import { inScope, type Scope, TYPE, type Value } from "./scope.ts";

const FLOAT = { T: TYPE.float };

/**
 * The factors of `dropoutFactors`, made by TensorFlow's own Philox4x32-10 under the same key and counters. Its words
 * come block after block; an element is half a word, in the order [group, word, half, block].
 */
function factors(scope: Scope, { key0, key1, step, site, threshold, scale }: DropoutSite, shape: number[]): Value {
  const count = tf.util.sizeFromShape(shape);
  const groups = Math.ceil(count / 32);
  const philox = [scope.ints(groups, 4, 4), scope.longs(key0, key1), scope.longs(0, 0, step, site), scope.int(1)];
  const words = scope.run("StatelessRandomUniformFullIntV2", philox, { dtype: TYPE.int32, Tshape: TYPE.int32 });
  const halves = scope.run("Bitcast", [words], { T: TYPE.int32, type: TYPE.uint16 });
  const order = scope.ints(0, 2, 3, 1);
  const numbers = scope.run("Cast", [halves], { SrcT: TYPE.uint16, DstT: TYPE.float, Truncate: false });
  const ordered = scope.run("Transpose", [numbers, order], { T: TYPE.float, Tperm: TYPE.int32 });
  const kept = scope.run("GreaterEqual", [ordered, scope.float(threshold)], FLOAT);
  const ones = scope.run("Cast", [kept], { SrcT: TYPE.bool, DstT: TYPE.float, Truncate: false });
  const all = scope.run("Mul", [ones, scope.float(scale)], FLOAT);
  const flat = reshape(scope, all, [groups * 32]);
  const some = count === groups * 32 ? flat : slice(scope, flat, count);
  return reshape(scope, some, shape);
}

function reshape(scope: Scope, value: Value, shape: number[]): Value {
  return scope.run("Reshape", [value, scope.ints(...shape)], { T: TYPE.float, Tshape: TYPE.int32 });
}

function slice(scope: Scope, value: Value, count: number): Value {
  return scope.run("Slice", [value, scope.ints(0), scope.ints(count)], { T: TYPE.float, Index: TYPE.int32 });
}

function kernels(backend: TensorflowBackend): Record<string, tf.KernelFunc> {
  return {
    DropoutFactors: ({ attrs }) => {
      const { site, shape } = attrs as unknown as { site: DropoutSite; shape: number[] };
      return inScope(backend, (scope) => scope.output(factors(scope, site, shape)));
    },
  };
}

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
        let half = 0;
        const losses = tensors.map((tensor) => scope.output(scope.run("L2Loss", [scope.input(tensor)], FLOAT)));
        for (const loss of losses) half += loss.dataSync()[0] as number;
        tf.dispose(losses);
        return 2 * half;
      }),
    adamStep: ({ parameter, firstMoment, secondMoment, mask }, gradient, settings) => {
      const { learningRate, beta1, beta2, epsilon, weightDecay, correction1, correction2, gradientScale } = settings;
      inScope(backend, (scope) => {
        const keep =
          mask === null
            ? null
            : scope.run("Cast", [scope.input(mask)], { SrcT: TYPE.bool, DstT: TYPE.float, Truncate: false });
        const scaled = (tensor: tf.Tensor, factor: number): Value => {
          const held = keep === null ? scope.input(tensor) : scope.run("Mul", [scope.input(tensor), keep], FLOAT);
          return factor === 1 ? held : scope.run("Mul", [held, scope.float(factor)], FLOAT);
        };
        const handles = [
          variable(scope, scaled(parameter, 1 - learningRate * weightDecay)),
          variable(scope, scaled(firstMoment, 1)),
          variable(scope, scaled(secondMoment, 1)),
        ];
        // m / c1 / (sqrt(v / c2) + e) is m sqrt(c2) / c1 / (sqrt(v) + e sqrt(c2)).
        const root = Math.sqrt(correction2);
        const numbers = [0, 0, (learningRate * root) / correction1, beta1, beta2, epsilon * root];
        const operands = [...numbers.map((number) => scope.float(number)), scaled(gradient, gradientScale)];
        scope.runFor(0, "ResourceApplyAdam", [...handles, ...operands], FLOAT);
        [parameter, firstMoment, secondMoment].forEach((kept, i) => {
          kept.assign(scope.output(scope.run("ReadVariableOp", [handles[i]!], { dtype: TYPE.float })));
        });
      });
    },
  };
}

/** Registers what TensorFlow does better than a composition of stock operations. */
export function registerTensorflowKernels(backendName: string, backend: TensorflowBackend): void {
  for (const [kernelName, kernelFunc] of Object.entries(kernels(backend)))
    tf.registerKernel({ kernelName, backendName, kernelFunc });
  registerOptimiserPass(backendName, optimiserPass(backend));
}
