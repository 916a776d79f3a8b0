/** When a gradual schedule prunes. */
export interface Gradual {
  readonly totalSteps: number;
  /** Shares of the training at which pruning begins and ends. */
  readonly begin: number;
  readonly end: number;
  /** Steps between two prunings. */
  readonly every: number;
}

/** Whether a gradual schedule prunes before this step: every so many steps from the beginning on, and at the end. */
export function prunesAt(step: number, { totalSteps, begin, end, every }: Gradual): boolean {
  const [first, last] = [Math.floor(begin * (totalSteps - 1)), Math.floor(end * (totalSteps - 1))];
  return step === last || (step >= first && step < last && (step - first) % every === 0);
}

/**
 * The share to have removed before this step: rises from 0 as 1 - (1 - progress)^3, fast while there is much to spare,
 * to the target at the end. Zhu and Gupta 2017, arXiv 1710.01878.
 */
export function cubicSparsity(step: number, target: number, { totalSteps, begin, end }: Gradual): number {
  const [first, last] = [Math.floor(begin * (totalSteps - 1)), Math.floor(end * (totalSteps - 1))];
  if (step >= last) return target;
  const progress = Math.max(0, (step - first) / (last - first));
  return target * (1 - (1 - progress) ** 3);
}
