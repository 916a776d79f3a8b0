import { quantile } from "./summary.ts";

/**
 * The change beyond which a re-run is no noise: Q3 + 3 IQR of the absolute changes of earlier re-runs of unchanged
 * cells (the rule of rustc-perf). In the unit of the changes; null without at least four of them.
 */
export function noiseThreshold(changes: ArrayLike<number>): number | null {
  if (changes.length < 4) return null;
  const sizes = Float64Array.from(changes, Math.abs).sort();
  const [first, third] = [quantile(sizes, 0.25), quantile(sizes, 0.75)];
  return third + 3 * (third - first);
}
