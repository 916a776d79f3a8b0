import { quantile, variantsOf, type DoneResult } from "@ticketbench/results";

/** Measured time of pruned networks as shares of the dense network's, timed beside it on the same machine. */
export interface MeasuredTimes {
  /** Networks timed. */
  readonly n: number;
  /** Median with the zeros computed with, as a mask leaves them. */
  readonly masked: number;
  /** The quarter and the three quarters of those: how far machines and turns differ. */
  readonly spread: readonly [low: number, high: number];
  /** By variant whose removed neurons can be taken out, at each sparsity: the median without them. */
  readonly compact: readonly {
    readonly id: string;
    readonly title: string;
    readonly target: number;
    readonly n: number;
    readonly share: number;
    readonly masked: number;
  }[];
}

function median(values: readonly number[]): number {
  return quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );
}

function compactTimes(results: readonly DoneResult[]): MeasuredTimes["compact"] {
  const variants = variantsOf(results);
  const groups = new Map<string, { id: string; title: string; target: number; shares: number[]; masked: number[] }>();
  for (const { id: result, target, latency } of results) {
    const variant = variants.get(result);
    if (!variant || latency?.compactMilliseconds === undefined) continue;
    const key = `${variant.id} ${String(target)}`;
    const group = groups.get(key) ?? { id: variant.id, title: variant.title, target, shares: [], masked: [] };
    group.shares.push(latency.compactMilliseconds / latency.denseMilliseconds);
    group.masked.push(latency.sparseMilliseconds / latency.denseMilliseconds);
    groups.set(key, group);
  }
  return [...groups.values()]
    .map(({ shares, masked, ...group }) => ({
      ...group,
      n: shares.length,
      share: median(shares),
      masked: median(masked),
    }))
    .sort((a, b) => (a.id === b.id ? a.target - b.target : a.id < b.id ? -1 : 1));
}

/** What was measured of the time of pruned networks; null where nothing was. */
export function measuredTimes(results: readonly DoneResult[]): MeasuredTimes | null {
  const shares = results
    .flatMap(({ kind, latency }) =>
      kind === "ticket" && latency ? [latency.sparseMilliseconds / latency.denseMilliseconds] : [],
    )
    .sort((a, b) => a - b);
  if (shares.length === 0) return null;
  const spread = [quantile(shares, 0.25), quantile(shares, 0.75)] as const;
  return { n: shares.length, masked: quantile(shares, 0.5), spread, compact: compactTimes(results) };
}
