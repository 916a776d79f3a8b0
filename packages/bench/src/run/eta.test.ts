import { describe, expect, test } from "vitest";
import type { PlannedCell } from "../plan/cell.ts";
import { duration, Eta } from "./eta.ts";

const cell = (id: string, kind: string): PlannedCell => ({ id, kind }) as PlannedCell;
/** The time left in a run of these cells, `jobs` at a time. */
function etaOf(cells: readonly PlannedCell[], jobs = 1): Eta {
  const eta = new Eta(cells);
  const kinds = Object.fromEntries(
    [...Map.groupBy(cells, ({ kind }) => kind)].map(([kind, each]) => [kind, each.length]),
  );
  eta.see({ type: "run", study: "s", plan: "p", cells: cells.length, kinds, jobs }, 0);
  return eta;
}
const progress = (id: string, fraction: number) =>
  ({ type: "progress", cell: id, phase: "", step: 1, steps: 2, fraction }) as const;

describe("the time that is left", () => {
  test("is unknown until a cell is some way along or done", () => {
    const eta = etaOf([cell("a", "ticket"), cell("b", "ticket")]);
    eta.see({ type: "started", cell: "a", pid: 1 }, 0);
    expect(eta.secondsLeft(1000)).toBeNull();
    eta.see(progress("a", 0.25), 10_000);
    // 10 s for a quarter: 30 s more, and 40 s for the other, one at a time.
    expect(eta.secondsLeft(10_000)).toBeCloseTo(70);
  });

  test("counts what runs side by side once, and never less than the longest of them", () => {
    const eta = etaOf(
      ["a", "b", "c", "d"].map((id) => cell(id, "ticket")),
      2,
    );
    eta.see({ type: "started", cell: "a", pid: 1 }, 0);
    eta.see({ type: "done", cell: "a" }, 20_000);
    expect(eta.secondsLeft(20_000)).toBeCloseTo(30);
    for (const id of ["b", "c", "d"]) eta.see({ type: "started", cell: id, pid: 1 }, 20_000);
    expect(eta.secondsLeft(20_000)).toBeCloseTo(30);
    eta.see({ type: "failed", cell: "b", reason: "error", message: "" }, 21_000);
    eta.see({ type: "skipped", cell: "c", because: "blocked" }, 21_000);
    expect(eta.secondsLeft(25_000)).toBeCloseTo(15);
  });

  test("takes each kind of cell for itself", () => {
    const eta = etaOf([cell("a", "dense"), cell("b", "dense"), cell("c", "ticket"), cell("d", "ticket")]);
    for (const [id, end] of [
      ["a", 10_000],
      ["c", 13_000],
    ] as const) {
      eta.see({ type: "started", cell: id, pid: 1 }, id === "a" ? 0 : 10_000);
      eta.see({ type: "done", cell: id }, end);
    }
    expect(eta.secondsLeft(13_000)).toBeCloseTo(13);
  });
});

test("a run of a few of a plan's cells waits for those alone, and a cell that starts again is not counted twice", () => {
  const eta = new Eta(["a", "b", "c", "d"].map((id) => cell(id, "ticket")));
  eta.see({ type: "run", study: "s", plan: "p", cells: 2, kinds: { ticket: 2 }, jobs: 1 }, 0);
  for (const now of [0, 10_000]) eta.see({ type: "started", cell: "a", pid: 1 }, now);
  eta.see({ type: "done", cell: "a" }, 30_000);
  expect(eta.secondsLeft(30_000)).toBeCloseTo(20);
});

test("durations are said in the two largest units", () => {
  expect([0.4, 59.4, 75, 3599, 3600, 90_000].map(duration)).toEqual([
    ...["0 s", "59 s", "1 min 15 s", "59 min 59 s", "1 h 0 min", "25 h 0 min"],
  ]);
});
