import type { DropoutSite } from "../random/dropout.ts";
import { tf } from "../tf.ts";
import { runKernelForOne } from "./kernel.ts";

/**
 * Inverted dropout (Srivastava et al. 2014): elements are dropped or scaled up as the site's stream says.
 * @param x any shape
 * @param site null gives x itself
 */
export function dropout<T extends tf.Tensor>(x: T, site: DropoutSite | null): T {
  return site === null ? x : runKernelForOne("Dropout", { x }, { site });
}

tf.registerGradient({
  kernelName: "Dropout",
  gradFunc: (dy, _saved, attributes) => ({ x: () => runKernelForOne("Dropout", { x: dy as tf.Tensor }, attributes) }),
});
