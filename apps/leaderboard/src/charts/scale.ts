import { ticks, tickStep } from "d3";

type Ends = readonly [number, number];

/** Values to pixels, in a straight line. */
export interface LinearScale {
  (value: number): number;
  readonly domain: Ends;
  readonly range: Ends;
  /** About `count` round values within the domain. */
  readonly ticks: (count: number) => number[];
}

/** A linear scale over two values, the lower first. D3's own brings colours and number formats along, which weigh more than this page. */
export function scaleLinear(domain: Ends, range: Ends): LinearScale {
  const [low, high] = domain;
  const [start, end] = range;
  const place = (value: number): number => start + ((value - low) / (high - low)) * (end - start);
  return Object.assign(place, { domain, range, ticks: (count: number) => ticks(low, high, count) });
}

/** The same scale out to the round values about its ends. */
export function rounded({ domain: [low, high], range }: LinearScale, count: number): LinearScale {
  const step = tickStep(low, high, count);
  return scaleLinear([Math.floor(low / step) * step, Math.ceil(high / step) * step], range);
}
