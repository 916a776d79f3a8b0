import { randomStream } from "@ticketbench/backend";
import { type LxmertArrays, type LxmertConfig, lxmertConfig } from "@ticketbench/model";

/** A model and the batch it is timed on. */
export interface PerfSize {
  readonly name: string;
  readonly config: LxmertConfig;
  readonly batch: number;
  readonly tokens: number;
  readonly regions: number;
}

/** The sizes that speed is stated for. Every question is as long as the longest, so that nothing is saved by luck. */
export const SIZES: Record<"S" | "mini", PerfSize> = {
  S: {
    name: "S",
    config: lxmertConfig({
      hidden: 128,
      heads: 4,
      intermediate: 512,
      layers: { language: 3, object: 2, cross: 2 },
      vocabulary: 1000,
      positions: 64,
      featureWidth: 64,
      answers: 50,
    }),
    batch: 32,
    tokens: 20,
    regions: 36,
  },
  mini: {
    name: "mini",
    config: lxmertConfig({
      hidden: 64,
      heads: 4,
      intermediate: 256,
      layers: { language: 1, object: 1, cross: 2 },
      vocabulary: 100,
      positions: 20,
      featureWidth: 64,
      answers: 44,
    }),
    batch: 32,
    tokens: 13,
    regions: 8,
  },
};

export interface PerfBatch extends LxmertArrays {
  readonly features: Float32Array;
  readonly boxes: Float32Array;
  readonly targets: Float32Array;
}

/** A made-up batch of that size. */
export function makeBatch({ config, batch, tokens, regions }: PerfSize): PerfBatch {
  const random = randomStream(1, "perf");
  const draw = (count: number, next: () => number): Float32Array => Float32Array.from({ length: count }, next);
  return {
    batch,
    tokenLength: tokens,
    tokens: Int32Array.from({ length: batch * tokens }, () => 1 + random.integer(config.vocabulary - 1)),
    textMask: new Float32Array(batch * tokens).fill(1),
    regions,
    features: draw(batch * regions * config.featureWidth, () => Math.abs(random.normal())),
    boxes: draw(batch * regions * 4, () => random.uniform()),
    targets: draw(batch * config.answers, () => (random.integer(config.answers) === 0 ? 1 : 0)),
  };
}

/** Floating-point operations of the matrix products of one forward pass, dead branches and padding counted. */
export function forwardFlops({ config, batch, tokens, regions }: PerfSize): number {
  const { hidden: h, intermediate: f, layers, featureWidth, answers } = config;
  const linear = (rows: number, inputs: number, outputs: number): number => 2 * rows * inputs * outputs;
  const attention = (queries: number, keys: number): number =>
    batch * (linear(2 * queries, h, h) + linear(2 * keys, h, h) + 4 * queries * keys * h);
  const feedForward = (length: number): number => 2 * linear(batch * length, h, f);
  const single = (length: number): number => attention(length, length) + feedForward(length);
  const cross = attention(tokens, regions) + attention(regions, tokens) + single(tokens) + single(regions);
  return (
    linear(batch * regions, featureWidth + 4, h) +
    layers.language * single(tokens) +
    layers.object * single(regions) +
    layers.cross * cross +
    linear(batch, h, h) +
    linear(batch, h, 2 * h) +
    linear(batch, 2 * h, answers)
  );
}
