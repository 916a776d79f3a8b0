import { resultSchema, type DoneResult } from "@ticketbench/results";
import { expect, test } from "vitest";
import { STUDY, syntheticTicket } from "../../test/synthetic-results.ts";
import { coinErrors, zerosThatStayed } from "./as-coded.ts";
import { LABELS } from "./thesis.ts";

function coded(id: string, target: number, seed: number, change: Partial<DoneResult>): DoneResult {
  const ticket = resultSchema.parse(syntheticTicket(STUDY, { id, title: id, knee: 0.8 }, target, seed));
  return { ...ticket, division: "as-coded", ...change } as DoneResult;
}

const ledger = (pruned: number) => ({
  modules: { language: [1000 - pruned, pruned] as [number, number] },
  resolution: 1,
});

test("zeros that stayed are counted on checkpoints, as a mean over the seeds", () => {
  const results = [0.25, 0.75].map((share, seed) =>
    coded("thesis-low", 0.5, seed, { zeroMask: { asked: 400, zerosOnCheckpoint: 400 * share } }),
  );
  const stayed = zerosThatStayed(results, "thesis-low~as-coded");
  expect(stayed[LABELS.indexOf(0.5)]).toBe(0.5);
  expect(stayed.filter((share) => share !== null)).toHaveLength(1);
});

test("a coin's error is its count less the low mask's of the same seed", () => {
  const results = [
    coded("thesis-low", 0.5, 0, { ledger: ledger(500) }),
    coded("thesis-random", 0.5, 0, { ledger: ledger(487) }),
    coded("thesis-random", 0.5, 1, { ledger: ledger(510) }),
  ];
  const [first, second] = coinErrors(results);
  expect(first?.weights[LABELS.indexOf(0.5)]).toBe(-13);
  expect(second?.weights.every((weights) => weights === null)).toBe(true);
});
