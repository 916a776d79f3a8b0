import { layOutDropoutConstants } from "./dropout";
import { layOutExpConstants } from "./exp";
import { layOutGeluConstants } from "./gelu";
import { HEAP_BASE } from "./scratch";

export { multiplyAdds } from "./calibration";
export { attention, attentionGradient } from "./attention";
export { dropout } from "./dropout";
export { add, columnSums, multiply, scale } from "./elementwise";
export { embedding, embeddingGradient } from "./embedding";
export { gelu, geluGradient } from "./gelu";
export { gemm } from "./gemm";
export { bceWithLogits, bceWithLogitsGradient, crossEntropyRows, crossEntropyRowsGradient } from "./losses";
export { addNorm, addNormGradient } from "./norm";
export { adamStep, sumOfSquares } from "./optimiser";

/** Whether this machine fuses relaxed_madd: 2^-24 when it does, 0 when it rounds twice. */
export function fusedProbe(): f32 {
  const x: f32 = 1.000244140625;
  const product = f32x4.splat(x);
  const y = ASC_FEATURE_RELAXED_SIMD
    ? f32x4.relaxed_madd(product, product, f32x4.splat(-1.00048828125))
    : f32x4.add(f32x4.mul(product, product), f32x4.splat(-1.00048828125));
  return f32x4.extract_lane(y, 0);
}

/** Fills in the constants, before any other kernel runs. Returns where tensors may begin. */
export function layOut(): usize {
  layOutDropoutConstants();
  layOutExpConstants();
  layOutGeluConstants();
  return HEAP_BASE;
}
