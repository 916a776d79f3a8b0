import { initialise, type Weights } from "@ticketbench/model";
import { beforeAll, describe, expect, test } from "vitest";
import { openToyLaboratory } from "../fixtures/toy-laboratory.ts";
import type { Laboratory } from "./laboratory.ts";

const SEED = 4;
let lab: Laboratory;
let start: Weights;

beforeAll(async () => {
  lab = await openToyLaboratory({ recipe: { epochs: 2, batchSize: 64, learningRate: 1e-3 } });
  start = initialise(lab.network.config, SEED);
});

function valuesOf(weights: Weights): Float32Array[] {
  return [...weights.values()].map(({ values }) => values);
}

describe("a training that is taken in two parts", () => {
  // Seven steps an epoch: a stop in the middle of one, and one at its end.
  test.each([
    { until: 3, epochs: [1, 2] },
    { until: 7, epochs: [1, 1] },
    { until: 10, epochs: [2, 1] },
  ])("at step $until ends with the bytes of one that was not", async ({ until, epochs }) => {
    const whole = await lab.train("whole", start, SEED);
    expect([whole.steps, whole.history.epochs.length, whole.point]).toEqual([14, 2, null]);
    const first = await lab.train(`first ${until}`, start, SEED, { until });
    const rest = await lab.train(`rest ${until}`, first.weights, SEED, { from: first.point! });
    expect(valuesOf(rest.weights)).toEqual(valuesOf(whole.weights));
    expect([first.steps, rest.steps]).toEqual([until, 14 - until]);
    expect([first.history.epochs.length, rest.history.epochs.length]).toEqual(epochs);
    expect(rest.history.selectedEpoch).toBe(epochs[1]! - 1);
  });

  test("is refused where the first part would be all of it", async () => {
    await expect(lab.train("all", start, SEED, { until: 14 })).rejects.toThrow(
      "rewindStep 14: the fine-tune has 14 steps; give a smaller one",
    );
  });
});
