import { tf } from "../tf.ts";
import { runKernelForOne } from "./kernel.ts";

/**
 * x Φ(x) with the normal distribution function in its erf form (Hendrycks and Gimpel 2016).
 * @param x any shape
 */
export function gelu<T extends tf.Tensor>(x: T): T {
  return runKernelForOne("Gelu", { x });
}

tf.registerGradient({
  kernelName: "Gelu",
  inputsToSave: ["x"],
  gradFunc: (dy, saved) => ({
    x: () => runKernelForOne("GeluGradient", { x: saved[0] as tf.Tensor, dy: dy as tf.Tensor }),
  }),
});
