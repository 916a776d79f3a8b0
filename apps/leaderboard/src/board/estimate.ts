/** Mean over seeds with its interval, as fractions; no interval and no deviation from a single seed. */
export interface Estimate {
  readonly mean: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly n: number;
}
