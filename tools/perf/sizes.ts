import { randomStream } from "@ticketbench/backend";
import { forwardFlops, type LxmertArrays, type LxmertConfig, lxmertConfig } from "@ticketbench/model";

/** A model and the batch it is timed on. */
export interface PerfSize {
  readonly name: string;
  readonly config: LxmertConfig;
  readonly batch: number;
  readonly tokens: number;
  readonly regions: number;
}

/** The sizes that speed is stated for. Every question is as long as the longest, so that nothing is saved by luck. */
export const SIZES: Record<"S" | "mini" | "full", PerfSize> = {
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
  full: { name: "full", config: lxmertConfig(), batch: 32, tokens: 20, regions: 36 },
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
export function batchFlops({ config, batch, tokens, regions }: PerfSize): number {
  const whole = { ...config, savings: { deadVision: false, classTokenOnly: false } };
  return batch * forwardFlops(whole, { tokens, regions }).total;
}
