import type { DropoutSite } from "../random/dropout.ts";
import { tf } from "../tf.ts";
import { expectShape, runKernel, runKernelForOne } from "./kernel.ts";

/** LXMERT's, inside the square root (tfjs's own default of 1e-3 would change every number). */
export const LAYER_NORM_EPSILON = 1e-12;

/**
 * LayerNorm over the last axis (Ba, Kiros, Hinton 2016), biased variance.
 * @param x [rows, hidden]
 * @param gain [hidden]
 * @param bias [hidden]
 */
export function layerNorm(x: tf.Tensor2D, gain: tf.Tensor, bias: tf.Tensor): tf.Tensor2D {
  return normalise("layerNorm", x, null, gain, bias, null);
}

/**
 * What closes every sub-layer of a post-norm transformer: LayerNorm(dropout(x) + residual).
 * @param x [rows, hidden]
 * @param residual [rows, hidden]
 * @param site where dropout draws from; null drops nothing
 */
export function addNorm(
  x: tf.Tensor2D,
  residual: tf.Tensor2D,
  gain: tf.Tensor,
  bias: tf.Tensor,
  site: DropoutSite | null,
): tf.Tensor2D {
  expectShape("addNorm", "residual", residual, x.shape);
  return normalise("addNorm", x, residual, gain, bias, site);
}

function normalise(
  operation: string,
  x: tf.Tensor2D,
  residual: tf.Tensor2D | null,
  gain: tf.Tensor,
  bias: tf.Tensor,
  site: DropoutSite | null,
): tf.Tensor2D {
  expectShape(operation, "gain", gain, [x.shape[1]]);
  expectShape(operation, "bias", bias, [x.shape[1]]);
  return runKernel("AddNorm", residual === null ? { x, gain, bias } : { x, residual, gain, bias }, {
    site,
  })[0] as tf.Tensor2D;
}

// Outputs: y, the normalised rows before gain and bias, and 1 / standard deviation of each row.
tf.registerGradient({
  kernelName: "AddNorm",
  inputsToSave: ["gain"],
  outputsToSave: [false, true, true],
  gradFunc: (dy, saved, attributes) => {
    const [gain, normalised, inverseDeviation] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
    const { site } = attributes as unknown as { site: DropoutSite | null };
    const gradient = (dy as tf.Tensor[])[0] as tf.Tensor;
    const [dz, dGain, dBias] = runKernel("AddNormGradient", { dy: gradient, normalised, inverseDeviation, gain }) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    return {
      x: () => (site === null ? dz : runKernelForOne("Dropout", { x: dz }, { site })),
      residual: () => dz,
      gain: () => dGain,
      bias: () => dBias,
    };
  },
});
