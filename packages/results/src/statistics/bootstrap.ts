import { randomWords } from "./random.ts";
import { type Interval, quantile } from "./summary.ts";

/**
 * Percentile bootstrap interval of the mean over questions (Efron 1979): how far one run's accuracy would move had
 * other questions been asked.
 *
 * @param values one number a question, any unit
 * @param options resamples (default 2,000), level (default 0.95), seed of the stream "bootstrap"
 */
export function bootstrapMean(
  values: ArrayLike<number>,
  { resamples = 2000, level = 0.95, seed = 0 }: { resamples?: number; level?: number; seed?: number } = {},
): Interval {
  const n = values.length;
  if (n === 0) throw new RangeError("no values to resample");
  const words = randomWords("bootstrap", seed);
  const means = new Float64Array(resamples);
  for (let resample = 0; resample < resamples; resample++) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += values[Math.floor(((words.next() >>> 0) / 2 ** 32) * n)] ?? 0;
    means[resample] = sum / n;
  }
  means.sort();
  return { low: quantile(means, (1 - level) / 2), high: quantile(means, (1 + level) / 2) };
}
