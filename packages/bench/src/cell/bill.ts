import type { BatchLoader } from "@ticketbench/data-vqa";
import { forwardFlops, type LxmertConfig } from "@ticketbench/model";
import type { DoneResult, TrainingStage } from "@ticketbench/results";

/** A backward pass computes two products for each of the forward pass. */
export const FORWARD_AND_BACKWARD = 3;

/** What a cell has cost so far: seconds by step, samples, arithmetic. */
export class Bill {
  readonly #seconds = new Map<string, number>();
  #samples = 0;
  #sampleSeconds = 0;
  #flops = 0;

  /** Runs some work and puts its time down under a name. */
  async time<T>(step: string, work: () => Promise<T>): Promise<T> {
    const started = performance.now();
    try {
      return await work();
    } finally {
      this.#seconds.set(step, (this.#seconds.get(step) ?? 0) + (performance.now() - started) / 1000);
    }
  }

  seconds(step: string): number {
    return this.#seconds.get(step) ?? 0;
  }

  /** Puts down a training run: its samples, the seconds of its steps, and the arithmetic of dense matrix products. */
  trained(config: LxmertConfig, training: BatchLoader, history: TrainingStage): void {
    const { batchSize, regions } = training.options;
    const perEpoch = training.batchCount(training.questions.length, true) * batchSize;
    this.#samples += perEpoch * history.epochs.length;
    for (const epoch of history.epochs) this.#sampleSeconds += epoch.seconds;
    const { total } = forwardFlops(config, { tokens: config.positions, regions });
    this.#flops += FORWARD_AND_BACKWARD * total * perEpoch * history.epochs.length;
  }

  /** @param findMaskStep the step under which finding the mask was put down, if a mask was found */
  sum(findMaskStep?: string): DoneResult["cost"] {
    return {
      seconds: Object.fromEntries(this.#seconds),
      samplesPerSecond: this.#sampleSeconds === 0 ? 0 : this.#samples / this.#sampleSeconds,
      peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
      trainingFlops: this.#flops,
      findMaskSeconds: findMaskStep === undefined ? 0 : this.seconds(findMaskStep),
    };
  }
}
