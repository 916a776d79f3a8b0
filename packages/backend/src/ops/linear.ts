import { tf } from "../tf.ts";
import { expectShape, runKernelForOne } from "./kernel.ts";

/**
 * y = x weightᵀ + bias.
 * @param x [rows, in]
 * @param weight [out, in], as PyTorch stores it
 * @param bias [out]
 * @returns [rows, out]
 */
export function linear(x: tf.Tensor2D, weight: tf.Tensor, bias: tf.Tensor): tf.Tensor2D {
  expectShape("linear", "weight", weight, [null, x.shape[1]]);
  expectShape("linear", "bias", bias, [weight.shape[0]]);
  return runKernelForOne("Linear", { x, weight, bias });
}

tf.registerGradient({
  kernelName: "Linear",
  inputsToSave: ["x", "weight"],
  // Each part is computed only where it is needed: the image features, for one, need no gradient.
  gradFunc: (dy, saved) => {
    const [x, weight] = saved as [tf.Tensor, tf.Tensor];
    const gradient = dy as tf.Tensor;
    return {
      x: () => runKernelForOne("LinearInputGradient", { dy: gradient, weight }),
      weight: () => runKernelForOne("LinearWeightGradient", { x, dy: gradient }),
      bias: () => runKernelForOne("ColumnSums", { x: gradient }),
    };
  },
});
