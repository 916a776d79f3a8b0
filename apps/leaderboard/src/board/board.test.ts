import { resultSchema, variantsOf, type DoneResult, type Result, type ResultInput } from "@ticketbench/results";
import { describe, expect, test } from "vitest";
import { STUDY, syntheticFailure, syntheticResults, syntheticTicket } from "../../test/synthetic-results.ts";
import * as en from "../i18n/en.ts";
import { describeBoardChart } from "./board-chart.ts";
import { claimOf } from "./claim.ts";
import { viewAsCsv, viewAsLatex, viewAsMarkdown } from "./export.ts";
import { boardOf } from "./from-results.ts";
import { defaultState, type ViewState } from "./state.ts";
import { viewOf, type View } from "./view.ts";

const SMALL = { ...STUDY, targets: [0.2, 0.5, 0.8], questions: 400 };
const [magnitude] = STUDY.methods;
if (!magnitude) throw new Error("the study has no methods");

function parsed(inputs: readonly ResultInput[]): Result[] {
  return inputs.map((input) => resultSchema.parse(input));
}

function viewed(results: readonly Result[], state: Partial<ViewState> = {}): View {
  const board = boardOf(results);
  const view = viewOf(board, { ...defaultState(board), ...state });
  if (!view) throw new Error("no view");
  return view;
}

const results = parsed(syntheticResults(SMALL));

describe("a board", () => {
  test("draws the method that is previewed dashed, and no other", () => {
    const view = viewOf(boardOf(results, "random"), defaultState(boardOf(results)));
    const curves = view === null ? [] : describeBoardChart(view, en).curves;
    expect(curves.filter(({ dashed }) => dashed).map(({ id }) => id)).toEqual(["random"]);
  });

  test("of no results has no track and no view", () => {
    const board = boardOf([]);
    expect(board.tracks).toEqual([]);
    expect(viewOf(board, defaultState(board))).toBeNull();
  });

  test("keeps results under another recipe in another track", () => {
    const other = syntheticTicket(SMALL, magnitude, 0.5, 0);
    const recipe = { ...other.study, resolved: { recipe: { epochs: 1 } } };
    const board = boardOf([...results, ...parsed([{ ...other, id: "f".repeat(64), study: recipe }])]);
    expect(board.tracks.map(({ cells }) => cells.length)).toEqual([36, 1]);
  });

  test("counts one result of each seed, the better trusted one", () => {
    const again = { ...syntheticTicket(SMALL, magnitude, 0.5, 0), id: "e".repeat(64), tier: "reproduced" as const };
    const cells = boardOf([...results, ...parsed([again])]).tracks[0]?.cells ?? [];
    expect(cells).toHaveLength(36);
    expect(cells.find((cell) => cell.method === "magnitude" && cell.target === 0.5 && cell.seed === 0)?.tier).toBe(
      "reproduced",
    );
  });

  test("lists failures and does not draw them", () => {
    const board = boardOf([...results, ...parsed([syntheticFailure(SMALL, magnitude, 0.9, 0)])]);
    expect(board.tracks[0]?.failed).toBe(1);
    expect(board.tracks[0]?.cells).toHaveLength(36);
  });
});

describe("a variant", () => {
  const ticket = (change: Partial<DoneResult>): DoneResult =>
    ({ ...resultSchema.parse(syntheticTicket(SMALL, magnitude, 0.5, 0)), ...change }) as DoneResult;

  test("is named by what sets it apart from the commonest one", () => {
    const some = [
      ticket({ id: "a1" }),
      ticket({ id: "a2" }),
      ticket({ id: "b", scope: "thesis" }),
      ticket({ id: "c", division: "as-coded" }),
    ];
    const variants = variantsOf(some);
    expect([...variants.values()].map(({ id }) => id)).toEqual([
      "magnitude",
      "magnitude",
      "magnitude~thesis",
      "magnitude~as-coded",
    ]);
    expect(variants.get("c")?.asCoded).toBe(true);
  });

  test("is another where the study ranks globally, retrains densely or rewinds late", () => {
    const usual = { granularity: "layer", allocation: "uniform", retraining: "masked", rewindStep: 0 } as const;
    const some = [
      ticket({ id: "a0" }),
      ticket({ id: "a1", pruning: usual }),
      ticket({ id: "b1", pruning: { ...usual, granularity: "global" } }),
      ticket({ id: "c1", pruning: { ...usual, allocation: { pooler: 0, head: 2 }, granularity: "row" } }),
      ticket({ id: "d1", pruning: { ...usual, retraining: "dense", rewindStep: 40 } }),
    ];
    const variants = variantsOf(some);
    expect(some.map(({ id }) => variants.get(id)?.title)).toEqual([
      "Low magnitude",
      "Low magnitude",
      "Low magnitude (global)",
      "Low magnitude (by row, head 2, pooler 0)",
      "Low magnitude (dense retraining, rewound to step 40)",
    ]);
    expect(variants.get("b1")?.id).toBe("magnitude~global");
  });
});

describe("a view", () => {
  test("says how many cells its filters hide", () => {
    expect(viewed(results).hidden).toBe(0);
    expect(viewed(results, { methods: ["random"] }).hidden).toBe(27);
    expect(viewed(results, { tier: "attested" }).hidden).toBe(36);
    expect(viewed(results, { range: [0.3, 0.9] }).hidden).toBe(12);
    expect(viewed(results, { range: [0.3, 0.9] }).targets).toEqual([0.5, 0.8]);
    expect(viewed(results, { axis: "latency", range: [1, 2] }).hidden).toBe(36);
  });

  test("marks as the front what nothing beats on both axes", () => {
    const { groups } = viewed(results);
    for (const group of groups) {
      const beaten = groups.some(
        (other) =>
          other.target >= group.target &&
          other.accuracy.mean >= group.accuracy.mean &&
          (other.target > group.target || other.accuracy.mean > group.accuracy.mean),
      );
      expect(group.onFront).toBe(!beaten);
    }
  });

  test("claims only what is proved, and no more than its methods reach", () => {
    const claim = claimOf(viewed(results, { methods: ["high-magnitude"] }));
    expect(claim.proved).toBeNull();
    expect(en.board.answer(claim).lead).toBe("Nothing here can be pruned for less than a point of accuracy.");
    const lone = viewed(results.filter((result) => result.seed === 0));
    expect(claimOf(lone).proved).toBeNull();
    expect(en.board.answer(claimOf(lone)).lead).toMatch(/may go .* to prove it\.$/);
  });
});

describe("what was run as coded", () => {
  const coded = SMALL.targets.flatMap((target) =>
    SMALL.seeds.map((seed) => ({
      ...syntheticTicket(SMALL, { id: "thesis-low", title: "Thesis low", knee: 2 }, target, seed),
      division: "as-coded" as const,
    })),
  );

  test("is drawn and never ranked, claimed or best", () => {
    const view = viewed([...results, ...parsed(coded)]);
    const groups = view.groups.filter((group) => group.method.id === "thesis-low~as-coded");
    expect(groups.map((group) => group.rank)).toEqual([null, null, null]);
    expect(JSON.stringify(claimOf(view))).not.toContain("Thesis");
  });
});

describe("what is taken along", () => {
  const evil = { id: "evil", title: '=HYPERLINK("x"),|<b>_$&', knee: 0.7 };
  const view = viewed(parsed(SMALL.seeds.map((seed) => syntheticTicket(SMALL, evil, 0.5, seed))));

  test("as CSV quotes fields and makes formulas harmless", () => {
    expect(viewAsCsv(view).split("\n")[1]).toContain(`evil,"'=HYPERLINK(""x""),|<b>_$&",retrained,all,0.5,`);
  });

  test("as Markdown and LaTeX escapes what these languages read", () => {
    expect(viewAsMarkdown(view)).toContain('| =HYPERLINK("x"),\\|\\<b\\>\\_$& |');
    expect(viewAsLatex(view)).toContain('=HYPERLINK("x"),|<b>\\_\\$\\& &');
    expect(viewAsLatex(view)).toContain("50 \\%");
  });
});
