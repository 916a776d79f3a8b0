import fc from "fast-check";
import { expect, test } from "vitest";
import { ANSWERS, PHASES, TIERS, type Board } from "./board.ts";
import { AXES, defaultState, readState, writeState } from "./state.ts";

const track = {
  title: "t",
  dataset: "d",
  split: "s",
  questions: 1,
  dense: [],
  denseIds: [],
  floor: null,
  cells: [],
  judgements: { ranks: {}, limits: {} },
  failed: 0,
};
const board: Board = {
  methods: ["magnitude", "random", "n-m~2-4"].map((id, style) => ({
    id,
    title: id,
    style,
    asCoded: false,
    isPreview: false,
  })),
  tracks: ["mini", "full"].map((id) => ({ ...track, id })),
};

test("the address of a state gives the state again", () => {
  const state = fc.record({
    track: fc.constantFrom("mini", "full"),
    phase: fc.constantFrom(...PHASES),
    answers: fc.constantFrom(...ANSWERS),
    axis: fc.constantFrom(...AXES),
    methods: fc.option(fc.subarray(["magnitude", "random", "n-m~2-4"]), { nil: null }),
    range: fc.option(fc.constantFrom([0.5, 0.9] as const, [1e-7, 2.5e12] as const, [-1, 0] as const), { nil: null }),
    front: fc.boolean(),
    tier: fc.constantFrom(...TIERS),
    sort: fc.option(fc.constantFrom(0.05, 0.5, 0.98), { nil: null }),
  });
  fc.assert(
    fc.property(state, (chosen) => {
      expect(readState(new URLSearchParams(writeState(chosen, board)), board)).toEqual(chosen);
    }),
  );
});

test("the default state has a plain address", () => {
  expect(writeState(defaultState(board), board)).toBe("");
});

test("whatever an address says, the state is one the board knows", () => {
  fc.assert(
    fc.property(fc.webQueryParameters(), fc.string(), (query, words) => {
      const state = readState(
        new URLSearchParams(`${query}&phase=${words}&methods=${words}&sort=${words}&range=${words}`),
        board,
      );
      if (state.range) expect(state.range[0]).toBeLessThan(state.range[1]);
      expect(PHASES).toContain(state.phase);
      expect(board.tracks.map(({ id }) => id)).toContain(state.track);
      for (const id of state.methods ?? []) expect(board.methods.map((method) => method.id)).toContain(id);
    }),
  );
});
