import { resultSchema, type DoneResult } from "@ticketbench/results";
import { expect, test } from "vitest";
import { STUDY, syntheticTicket } from "../../test/synthetic-results.ts";
import { measuredTimes } from "./measured-times.ts";

function timed(id: string, seed: number, latency: DoneResult["latency"]): DoneResult {
  const ticket = syntheticTicket({ ...STUDY, questions: 20 }, { id, title: id, knee: 0.5 }, 0.5, seed);
  const result = resultSchema.parse({ ...ticket, latency });
  if (result.status !== "done") throw new Error("the ticket failed");
  return result;
}

const turn = { batchSize: 32, repeats: 5, denseMilliseconds: 10 };

test("masked time is the median share of dense, over results that were timed", () => {
  const times = measuredTimes([
    timed("magnitude", 0, { ...turn, sparseMilliseconds: 10 }),
    timed("magnitude", 1, { ...turn, sparseMilliseconds: 9 }),
    timed("magnitude", 2, { ...turn, sparseMilliseconds: 12 }),
    timed("random", 0, undefined),
  ]);
  expect(times).toEqual({ n: 3, masked: 1, spread: [0.95, 1.1], compact: [] });
});

test("structured methods have their own time without the removed neurons", () => {
  const times = measuredTimes([
    timed("magnitude", 0, { ...turn, sparseMilliseconds: 10 }),
    timed("heads", 0, { ...turn, sparseMilliseconds: 10, compactMilliseconds: 4 }),
    timed("heads", 1, { ...turn, sparseMilliseconds: 11, compactMilliseconds: 6 }),
  ]);
  expect(times?.compact).toEqual([{ id: "heads", title: "heads", target: 0.5, n: 2, share: 0.5, masked: 1.05 }]);
});

test("nothing timed is nothing measured", () => {
  expect(measuredTimes([timed("random", 0, undefined)])).toBeNull();
});
