import type { Level } from "./submission.ts";

/** GitHub runs at most this many jobs of one matrix. */
export const LARGEST_MATRIX = 256;

/** The `strategy.matrix` of a workflow: one shard of the plan a job, no more shards than cells are missing. */
export interface Matrix {
  readonly shard: readonly string[];
}

/**
 * The matrix for what is missing. Each job runs `ticketbench run plan.json --shard ${{ matrix.shard }}`: jobs share no
 * disk, so that a shard makes what its cells need itself (to the same bytes).
 */
export function githubMatrix(levels: readonly Level[], jobs: number): Matrix {
  const cells = levels.reduce((sum, level) => sum + level.indices.length, 0);
  const count = Math.min(jobs, cells, LARGEST_MATRIX);
  return { shard: Array.from({ length: count }, (_, i) => `${i + 1}/${count}`) };
}
