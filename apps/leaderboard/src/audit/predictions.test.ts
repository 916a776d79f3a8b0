import { packPredictions, resultSchema, type DoneResult, type ResultInput } from "@ticketbench/results";
import { describe, expect, test } from "vitest";
import { STUDY, syntheticDense, syntheticTicket, type SyntheticMethod } from "../../test/synthetic-results.ts";
import { judgePrediction } from "./predictions.ts";

const SMALL = { ...STUDY, targets: [0.1, 0.5, 0.8], questions: 800 };

type DoneInput = Extract<ResultInput, { status: "done" }>;

function done(inputs: readonly ResultInput[]): DoneResult[] {
  return inputs.flatMap((input) => {
    const result = resultSchema.parse(input);
    return result.status === "done" ? [result] : [];
  });
}

function grid(method: SyntheticMethod, change: (ticket: DoneInput) => DoneInput = (ticket) => ticket): DoneInput[] {
  return SMALL.targets.flatMap((target) =>
    SMALL.seeds.map((seed) => change(syntheticTicket(SMALL, method, target, seed))),
  );
}

const MAGNITUDE = { id: "magnitude", title: "Low magnitude", knee: 0.88 };

/** The same method ranked over the whole network, its scores as if its knee were another. */
function global(knee: number): DoneInput[] {
  return grid({ ...MAGNITUDE, knee }, (ticket) => ({
    ...ticket,
    id: ticket.id.replace(/^.{8}/, "feedbeef"),
    pruning: { granularity: "global", allocation: "uniform", retraining: "masked", rewindStep: 0 },
  }));
}

const dense = SMALL.seeds.map((seed) => syntheticDense(SMALL, seed));

describe("a prediction", () => {
  test("without results that can tell is not measured yet", () => {
    for (const id of ["P1", "P4", "P6"] as const) {
      expect(judgePrediction(id, done(dense))).toEqual({ status: "not measured yet", evidence: null });
    }
  });

  test("P4 holds when the global ranking is another at one sparsity, and says where", () => {
    const judged = judgePrediction("P4", done([...grid(MAGNITUDE), ...global(0.5), ...dense]));
    expect(judged.status).toBe("holds");
    if (judged.evidence?.kind !== "comparison") throw new Error("expected a comparison");
    const [light, , heavy] = judged.evidence.differences;
    expect(judged.evidence.n).toBe(3);
    expect(Math.abs(light?.difference ?? 1)).toBeLessThan(0.05);
    expect(heavy?.target).toBe(0.8);
    expect(heavy?.difference).toBeLessThan(-0.2);
  });

  test("P4 fails when both rankings come to the same at every sparsity", () => {
    const judged = judgePrediction("P4", done([...grid(MAGNITUDE), ...global(MAGNITUDE.knee), ...dense]));
    expect(judged.status).toBe("fails");
    expect(judged.evidence).toMatchObject({ kind: "comparison", met: 0 });
  });

  test("P1 looks at the layer-wise method and the study as coded, not at other variants of them", () => {
    const coded = grid({ id: "thesis-low", title: "Thesis low", knee: 0.95 }, (ticket) => ({
      ...ticket,
      division: "as-coded",
    }));
    const results = done([...grid(MAGNITUDE), ...global(0.95), ...coded, ...dense]);
    const judged = judgePrediction("P1", results);
    expect(judged.evidence).toMatchObject({ kind: "comparison", differences: [{ target: 0.5 }, { target: 0.8 }] });
    expect(
      judgePrediction(
        "P1",
        results.filter(({ method }) => method?.id !== "magnitude"),
      ).status,
    ).toBe("not measured yet");
  });

  describe("P6, on networks without the weights that never reach the answer,", () => {
    const unreached = (change: (answers: number[]) => number[]): DoneInput[] =>
      SMALL.seeds.map((seed) => {
        const ticket = syntheticTicket(SMALL, { id: "random", title: "Random", knee: 0.5 }, 0.8, seed);
        const before = dense[seed]?.phases.dense;
        if (!before) throw new Error("the dense network has no scores");
        const answers = change(Array.from({ length: SMALL.questions }, (_, question) => question % 5));
        return {
          ...ticket,
          scope: "unreached",
          phases: { pruned: { ...before, predictions: packPredictions(answers) } },
        };
      });
    const asDense = dense.map((result) => ({
      ...result,
      phases: {
        dense: result.phases.dense && {
          ...result.phases.dense,
          predictions: packPredictions(Array.from({ length: SMALL.questions }, (_, question) => question % 5)),
        },
      },
    }));

    test("holds when every answer is the dense network's", () => {
      expect(judgePrediction("P6", done([...asDense, ...unreached((answers) => answers)]))).toEqual({
        status: "holds",
        evidence: { kind: "answers", changed: 0, answers: 3 * SMALL.questions, n: 3 },
      });
    });

    test("fails by a single other answer", () => {
      const judged = judgePrediction("P6", done([...asDense, ...unreached((answers) => [4, ...answers.slice(1)])]));
      expect(judged).toMatchObject({ status: "fails", evidence: { changed: 3 } });
    });
  });
});
