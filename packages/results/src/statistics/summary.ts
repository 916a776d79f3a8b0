import { tQuantile } from "./student-t.ts";

/** Two ends of an interval, in the unit of what it is about. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** What is shown of one number measured over seeds. */
export interface Summary {
  readonly n: number;
  readonly mean: number;
  /** Sample standard deviation (n - 1); null for one value. */
  readonly sd: number | null;
  /** t interval of the mean; null for one value. */
  readonly interval: Interval | null;
}

/** The arithmetic mean; NaN of nothing. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ?? 0;
  return sum / values.length;
}

/** Sample standard deviation, with n - 1; needs at least two values. */
export function sampleSd(values: ArrayLike<number>): number {
  const centre = mean(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += ((values[i] ?? 0) - centre) ** 2;
  return Math.sqrt(sum / (values.length - 1));
}

/** The interval mean +- t se, at `level` (0.95: 95 %). */
export function tInterval(centre: number, standardError: number, df: number, level = 0.95): Interval {
  if (standardError === 0) return { low: centre, high: centre };
  const half = tQuantile((1 + level) / 2, df) * standardError;
  return { low: centre - half, high: centre + half };
}

/** Mean, spread and t interval over seeds; no spread and no interval is claimed from one value. */
export function summarize(values: ArrayLike<number>, level = 0.95): Summary {
  const n = values.length;
  if (n === 0) throw new RangeError("no values to summarize");
  const centre = mean(values);
  if (n < 2) return { n, mean: centre, sd: null, interval: null };
  const sd = sampleSd(values);
  return { n, mean: centre, sd, interval: tInterval(centre, sd / Math.sqrt(n), n - 1, level) };
}

/** The value below which a share `p` of the sorted values lies, by linear interpolation (type 7 of Hyndman and Fan). */
export function quantile(sorted: ArrayLike<number>, p: number): number {
  if (sorted.length === 0) throw new RangeError("no values have no quantile");
  const at = p * (sorted.length - 1);
  const below = sorted[Math.floor(at)] ?? 0;
  return below + (at - Math.floor(at)) * ((sorted[Math.ceil(at)] ?? 0) - below);
}
