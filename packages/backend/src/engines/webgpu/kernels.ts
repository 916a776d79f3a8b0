import type { DropoutSite } from "../../random/dropout.ts";
import { tf } from "../../tf.ts";
import { dropoutProgram, dropoutUniforms, type WebgpuProgram, type WebgpuUniform } from "./dropout-program.ts";

/** tfjs's WebGPU backend, as far as our kernels use it. */
export interface WebgpuBackend extends tf.KernelBackend {
  /** What is known of a tensor; its values while they are in this process's memory too. */
  readonly tensorMap: { get(dataId: object): { readonly values?: unknown } };
  runWebGPUProgram(
    program: WebgpuProgram,
    inputs: tf.TensorInfo[],
    dtype: tf.DataType,
    uniforms: WebgpuUniform[],
  ): tf.TensorInfo;
}

/** Inputs that one AddN program may read: WebGPU guarantees 8 storage buffers, and one is written. */
const ADD_N_INPUTS = 7;

/** AddN in rounds: tfjs binds every input at once, and past the limit the result is wrong without a word. */
function splitAddN(stock: tf.KernelFunc, backend: tf.KernelBackend): tf.KernelFunc {
  const sum = (terms: tf.TensorInfo[]): tf.TensorInfo =>
    stock({ inputs: terms as unknown as tf.NamedTensorInfoMap, backend, attrs: {} }) as tf.TensorInfo;
  return ({ inputs }) => {
    const terms = Object.values(inputs as Record<string, tf.TensorInfo>);
    let total = sum(terms.slice(0, ADD_N_INPUTS));
    for (let first = ADD_N_INPUTS; first < terms.length; first += ADD_N_INPUTS - 1) {
      const next = sum([total, ...terms.slice(first, first + ADD_N_INPUTS - 1)]);
      backend.disposeData(total.dataId);
      total = next;
    }
    return total;
  };
}

/** Registers what tfjs's WebGPU kernels get wrong or do not have. */
export function registerWebgpuKernels(backendName: string, backend: WebgpuBackend): void {
  const stock = tf.getKernel("AddN", backendName).kernelFunc;
  tf.unregisterKernel("AddN", backendName);
  tf.registerKernel({ kernelName: "AddN", backendName, kernelFunc: splitAddN(stock, backend) });
  tf.registerKernel({
    kernelName: "DropoutFactors",
    backendName,
    kernelFunc: ({ attrs }) => {
      const { site, shape } = attrs as unknown as { site: DropoutSite; shape: number[] };
      return backend.runWebGPUProgram(dropoutProgram(shape), [], "float32", dropoutUniforms(site));
    },
  });
}
