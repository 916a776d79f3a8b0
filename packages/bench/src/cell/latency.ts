import type { Batch } from "@ticketbench/data-vqa";
import { answerLogits, disposeInput, Lxmert, type LxmertConfig, type Weights } from "@ticketbench/model";
import { type Mask, type Method, removeEmptied } from "@ticketbench/prune";
import type { DoneResult } from "@ticketbench/results";
import { inputOf } from "./evaluate.ts";

type Latency = NonNullable<DoneResult["latency"]>;

const FEWEST_ROUNDS = 3;
const MOST_ROUNDS = 9;
/** No further round begins after this many milliseconds of measuring. */
const ENOUGH = 500;

/** A network to be timed. */
export interface Timed {
  readonly config: LxmertConfig;
  readonly weights: Weights;
}

/**
 * Milliseconds that each network takes for one batch, from its input to answers on the processor: medians of rounds in
 * which each has its turn, so that whatever else the machine does slows them all.
 */
export async function batchMilliseconds(
  networks: readonly Timed[],
  batch: Batch,
): Promise<{ medians: number[]; rounds: number }> {
  const models = networks.map(({ config, weights }) => new Lxmert(config, weights));
  const times = models.map((): number[] => []);
  try {
    for (const model of models) await answerOnce(model, batch);
    const started = performance.now();
    let rounds = 0;
    while (rounds < FEWEST_ROUNDS || (rounds < MOST_ROUNDS && performance.now() - started < ENOUGH)) {
      for (const [i, model] of models.entries()) times[i]?.push(await answerOnce(model, batch));
      rounds++;
    }
    return { medians: times.map(median), rounds };
  } finally {
    for (const model of models) model.dispose();
  }
}

/** How long a network takes beside the unpruned one; of a dense cell both are the same, and timed once. */
export async function networkLatency(dense: Timed, network: Timed, batch: Batch, compact?: Timed): Promise<Latency> {
  const networks = network === dense ? [dense] : [dense, network];
  const { medians, rounds } = await batchMilliseconds(compact === undefined ? networks : [...networks, compact], batch);
  const [denseMilliseconds = 0, sparseMilliseconds = denseMilliseconds, compactMilliseconds] = medians;
  return {
    ...{ denseMilliseconds, sparseMilliseconds, batchSize: batch.size, repeats: rounds },
    ...(compactMilliseconds === undefined ? {} : { compactMilliseconds }),
  };
}

/**
 * How long a ticket's network takes as it runs here, zeros and all, beside the dense one; and, where the method removes
 * whole neurons, what is left once they are taken out. Where the times are equal, zeros alone saved nothing.
 */
export async function ticketLatency(
  method: Pick<Method, "family">,
  dense: Timed,
  mask: Mask,
  final: Weights,
  batch: Batch,
): Promise<Latency> {
  const compact = method.family === "structure" ? removeEmptied(mask, dense.config, final) : undefined;
  return await networkLatency(dense, { config: dense.config, weights: final }, batch, compact);
}

async function answerOnce(model: Lxmert, batch: Batch): Promise<number> {
  const input = inputOf(model, batch);
  const started = performance.now();
  await answerLogits(model, input);
  const milliseconds = performance.now() - started;
  disposeInput(input);
  return milliseconds;
}

/** The lower one of the two in the middle where there are two: always a time that was measured. */
function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[(values.length - 1) >> 1] ?? 0;
}
