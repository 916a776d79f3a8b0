/** Learning rate over a training run: linear warm-up, then decay. */
export interface Schedule {
  /** Peak rate. */
  readonly learningRate: number;
  /** Share of the run spent warming up; 0 or less for none. */
  readonly warmup: number;
  /** Optimiser steps of the whole run; -1 keeps the rate constant. */
  readonly totalSteps: number;
  /** After the warm-up: down to 0 at the last step, or the peak to the end. */
  readonly decay: "linear" | "none";
}

/**
 * The rate of a step, counted from 0: LXMERT asks before it counts the step, so the first rate of a warm-up is 0.
 * A warm-up of -1 starts at half the peak, as the original's formula has it.
 */
export function learningRateAt({ learningRate, warmup, totalSteps, decay }: Schedule, step: number): number {
  if (totalSteps === -1) return learningRate;
  const progress = step / totalSteps;
  if (progress < warmup) return learningRate * (progress / warmup);
  return decay === "none" ? learningRate : learningRate * Math.max((progress - 1) / (warmup - 1), 0);
}
