import type { BatchLoader } from "@ticketbench/data-vqa";
import { forwardFlops, type LxmertConfig } from "@ticketbench/model";
import type { DoneResult } from "@ticketbench/results";
import type { FineTuned } from "./fine-tune.ts";

/** A backward pass computes two products for each of the forward pass. */
export const FORWARD_AND_BACKWARD = 3;

/** What a cell has cost so far: seconds by step, samples, arithmetic. */
export class Bill {
  readonly #seconds = new Map<string, number>();
  /** The same with the steps within. */
  readonly #whole = new Map<string, number>();
  /** Seconds of named steps within the one that runs. */
  #named = 0;
  #samples = 0;
  #sampleSeconds = 0;
  #flops = 0;

  /** Runs some work and puts its time down under a name, less the time of steps within it that have names of their own. */
  async time<T>(step: string, work: () => Promise<T>): Promise<T> {
    const started = performance.now();
    const named = this.#named;
    this.#named = 0;
    try {
      return await work();
    } finally {
      const seconds = (performance.now() - started) / 1000;
      add(this.#seconds, step, seconds - this.#named);
      add(this.#whole, step, seconds);
      this.#named = named + seconds;
    }
  }

  /** Puts down a training run: its samples, the seconds of its steps, and the arithmetic of dense matrix products. */
  trained(config: LxmertConfig, training: BatchLoader, { history, steps }: FineTuned): void {
    const { batchSize, regions } = training.options;
    this.#samples += steps * batchSize;
    for (const epoch of history.epochs) this.#sampleSeconds += epoch.seconds;
    const { total } = forwardFlops(config, { tokens: config.positions, regions });
    this.#flops += FORWARD_AND_BACKWARD * total * steps * batchSize;
  }

  /** @param findMaskStep the step under which finding the mask was put down, if a mask was found */
  sum(findMaskStep?: string): DoneResult["cost"] {
    return {
      seconds: Object.fromEntries(this.#seconds),
      samplesPerSecond: this.#sampleSeconds === 0 ? 0 : this.#samples / this.#sampleSeconds,
      peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
      trainingFlops: this.#flops,
      findMaskSeconds: this.#whole.get(findMaskStep ?? "") ?? 0,
    };
  }
}

function add(sums: Map<string, number>, key: string, value: number): void {
  sums.set(key, (sums.get(key) ?? 0) + value);
}
