import { GRANULARITIES } from "@ticketbench/prune";
import { describe, expect, test } from "vitest";
import { parseStudy } from "../study/load.ts";
import { rankingOf } from "./ranking.ts";

function ranking(words: object) {
  const study = { name: "x", dataset: { kind: "mini-vqa" }, start: { kind: "random" }, ...words };
  return rankingOf(parseStudy(study, "test"));
}

describe("among which weights a study ranks scores", () => {
  test("is layer by layer unless it says otherwise, and one word says both for the usual ones", () => {
    expect(ranking({})).toEqual({ granularity: "layer", allocation: "uniform" });
    expect(ranking({ allocation: "global" })).toEqual({ granularity: "global", allocation: "uniform" });
    expect(ranking({ allocation: "row" })).toEqual({ granularity: "row", allocation: "uniform" });
    expect(ranking({ allocation: "erk" })).toEqual({ granularity: "layer", allocation: "erk" });
  });

  test("goes with every way of sharing places out", () => {
    const ratios = { "cross-modality": 2, language: 0 };
    for (const [word, granularity] of [
      ["global", "global"],
      ["layerwise", "layer"],
      ["row", "row"],
    ] as const) {
      expect(GRANULARITIES).toContain(granularity);
      expect(ranking({ granularity: word })).toEqual({ granularity, allocation: "uniform" });
      expect(ranking({ granularity: word, allocation: "erk" })).toEqual({ granularity, allocation: "erk" });
      expect(ranking({ granularity: word, allocation: ratios })).toEqual({ granularity, allocation: ratios });
    }
  });
});
