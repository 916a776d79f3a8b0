/** Mean over seeds with its interval, as fractions; no interval and no deviation from a single seed. */
export interface Estimate {
  readonly mean: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly n: number;
}
export function estimate(values: readonly number[]): Estimate {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const sd = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / (values.length - 1));
  const half = (4.302652729 * sd) / Math.sqrt(values.length);
  return {
    mean,
    n: values.length,
    low: values.length > 1 ? mean - half : null,
    high: values.length > 1 ? mean + half : null,
  };
}
