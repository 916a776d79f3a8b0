import { openCpuEngine, randomStream, tf } from "@ticketbench/backend";
import { openEngine } from "@ticketbench/backend/node";
import { Lxmert, adamW, Optimiser, trainStep } from "@ticketbench/model";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { pack } from "../bits.ts";
import { defineMethod, type Method, type PruneContext } from "../define-method.ts";
import { Mask } from "../mask.ts";
import magnitude from "../methods/magnitude.ts";
import { checkMethod, type CheckSettings } from "./check-method.ts";
import type { StartTrainer } from "./enforcement.ts";
import type { Finding } from "./finding.ts";
import { sourceText } from "./source.ts";

const engines = [() => openEngine("wasm"), () => openCpuEngine()] as const;
const card = {
  title: "Planted",
  idea: "A method with one fault.",
  family: "gradient",
  cite: "@misc{planted, title = {Planted}}",
  params: z.strictObject({}),
  needs: "nothing",
  nests: false,
} as const;

/** The finding of one check; the kit goes no further than that. */
async function finding(method: Method, check: string, settings: Partial<CheckSettings> = {}): Promise<Finding> {
  for await (const found of checkMethod(method, { engines, ...settings })) if (found.check === check) return found;
  throw new Error(`the kit has no check called "${check}"`);
}

/** Removes all magnitudes up to the one at the target: the classic `<=`, which takes every tie with it. */
function cutMask({ weights, shapes, prunable }: PruneContext, sparsity: number): Mask {
  const masks = prunable.map((name) => {
    const magnitudes = (weights.get(name)?.values ?? new Float32Array()).map(Math.abs);
    const removed = Math.round(sparsity * magnitudes.length);
    const cut = removed === 0 ? -1 : (magnitudes.toSorted()[removed - 1] ?? -1);
    return [name, pack(Uint8Array.from(magnitudes, (size) => (size <= cut ? 0 : 1)))] as const;
  });
  return new Mask(shapes, new Map(masks));
}

/** The exact mask of these scores, layer after layer in the order given, all places to the first ones. */
function firstComeMask({ shapes, keep }: PruneContext, names: readonly string[]): Mask {
  let left = keep;
  const masks = names.map((name) => {
    const size = (shapes.get(name) ?? []).reduce((a, b) => a * b, 1);
    const kept = Math.min(left, size);
    left -= kept;
    return [name, Uint8Array.from({ length: size }, (_, i) => (i < kept ? 1 : 0))] as const;
  });
  return Mask.fromBytes(shapes, new Map(masks));
}

let calls = 0;
const byMask = (mask: (context: PruneContext) => Mask, more: object = {}): Method =>
  defineMethod({ ...card, count: "exact", mask: (context) => ({ mask: mask(context) }), ...more });
const byScore = (score: (values: Float32Array) => Float32Array, more: object = {}): Method =>
  defineMethod({ ...card, score: ({ values }) => score(values), ...more });

const FAULTS: readonly (readonly [fault: string, check: string, says: RegExp, method: Method])[] = [
  [
    "rounds each layer down",
    "exact counts",
    /asked 0\.\d+, mask has 0\.\d+ .*use exact selection/,
    byMask(({ weights, shapes, prunable, sparsity }) =>
      Mask.fromBytes(
        shapes,
        new Map(
          prunable.map((name) => {
            const magnitudes = (weights.get(name)?.values ?? new Float32Array()).map(Math.abs);
            const cut = magnitudes.toSorted()[Math.floor(sparsity * magnitudes.length)] ?? 0;
            return [name, Uint8Array.from(magnitudes, (size) => (size < cut ? 0 : 1))];
          }),
        ),
      ),
    ),
  ],
  [
    "takes ties with <=",
    "ties",
    /asked 0\.3, mask has 1\.0000 .*\d+ ties at 0\.031 were removed together/,
    byMask((context) => cutMask(context, context.sparsity)),
  ],
  ["scores NaN", "exact counts", /scores of .*: NaN at index 0/, byScore((values) => values.map(() => NaN))],
  [
    "scores infinity",
    "finite scores",
    /infinite scores are all ties/,
    byScore((values) => values.map((w) => Math.abs(w) / 0)),
  ],
  ["scores of the wrong length", "exact counts", /numbers for \d+ weights/, byScore((values) => values.subarray(1))],
  ["returns no array", "exact counts", /Float32Array is needed/, byScore((values) => [...values] as never)],
  [
    "throws",
    "exact counts",
    /out of ideas/,
    byScore(() => {
      throw new Error("out of ideas");
    }),
  ],
  [
    "magnitude the wrong way round",
    "polarity",
    /keeps the low end of \|weight\|/,
    byScore((values) => values.map((w) => -Math.abs(w)), { family: "magnitude" }),
  ],
  [
    "a mask the wrong way round",
    "polarity",
    /keeps the low end of what it claims to keep/,
    byMask(
      ({ weights, shapes, prunable, keep }) => {
        const all = prunable.flatMap((name) =>
          [...(weights.get(name)?.values ?? [])].map((w, i) => ({ name, i, size: Math.abs(w) })),
        );
        const bytes = new Map(prunable.map((name) => [name, new Uint8Array(weights.get(name)?.values.length ?? 0)]));
        for (const { name, i } of all.sort((a, b) => a.size - b.size).slice(0, keep))
          (bytes.get(name) as Uint8Array)[i] = 1;
        return Mask.fromBytes(shapes, bytes);
      },
      { claim: (values: Float32Array) => values.map(Math.abs) },
    ),
  ],
  [
    "keeps the first parameters of the list",
    "parameter order",
    /choose by name, never by position/,
    byMask((context) => {
      const names = new Set(context.prunable);
      return firstComeMask(
        context,
        [...context.weights.keys()].filter((name) => names.has(name)),
      );
    }),
  ],
  [
    "prunes biases outside the scope",
    "exact counts",
    /bias, which is not in the scope/,
    byMask((context) =>
      firstComeMask(
        context,
        [...context.shapes.keys()].filter((name) => name.includes(".layer.")),
      ),
    ),
  ],
  [
    "forgets parameters of the scope",
    "exact counts",
    /has nothing on .*: cover every name/,
    byMask((context) => firstComeMask(context, context.prunable.slice(1))),
  ],
  [
    "cannot take an empty parameter",
    "odd shapes",
    /empty array/i,
    byScore((values) => {
      const largest = values.reduce((a, b) => Math.max(a, b));
      return values.map((w) => Math.abs(w) / (1 + Math.abs(largest)));
    }),
  ],
  ["calls Math.random", "seeds", /calls Math\.random/, byScore((values) => values.map(() => Math.random()))],
  [
    "draws without a seed",
    "repeatable",
    /two runs with one seed differ/,
    byScore((values) => values.map(() => Math.random())),
  ],
  [
    "draws with one seed for all",
    "seeds",
    /seeds 1 and 2 give the same mask/,
    byScore(
      (values) => {
        const fixed = randomStream(0, "fixed");
        return values.map(() => fixed.uniform());
      },
      { family: "random" },
    ),
  ],
  [
    "counts its calls",
    "repeatable",
    /keeps? (state|nothing) between calls/,
    byScore((values) => {
      calls++;
      return values.map((w) => Math.sin(calls * 1000 * w));
    }),
  ],
  ["sorts its weights in place", "read only", /wrote to the weights of/, byScore((values) => values.sort())],
  [
    "asks for evaluation questions",
    "no evaluation data",
    /looked for context\.evaluation/,
    defineMethod({
      ...card,
      prepare: (context) => (context as { evaluation?: unknown }).evaluation,
      score: ({ values }) => values.map(Math.abs),
    }),
  ],
  [
    "asks calibration for minival",
    "no evaluation data",
    /looked for context\.calibration\.minival/,
    defineMethod({
      ...card,
      needs: "calibration",
      prepare: ({ calibration }) => (calibration as { minival?: unknown }).minival,
      score: ({ values }) => values.map(Math.abs),
    }),
  ],
  [
    "claims nesting it does not have",
    "nesting",
    /says nests: true, but \d+ weights pruned at [\d.]+ are back/,
    byMask(
      (context) => firstComeMask(context, context.sparsity > 0.55 ? context.prunable.toReversed() : context.prunable),
      { nests: true },
    ),
  ],
  [
    "swallows errors",
    "errors come through",
    /failed and it returned a mask all the same/,
    defineMethod({
      ...card,
      needs: "gradients",
      prepare: ({ calibration, weights }) => calibration.gradients(weights).catch(() => null),
      score: ({ values }) => values.map(Math.abs),
    }),
  ],
  [
    "labels 0.3 what is 0.51",
    "label",
    /0\.30 is a measured 0\.5\d+: a label must be the measurement/,
    byMask((context) => cutMask(context, Math.min(0.95, 1.7 * context.sparsity)), { count: "own" }),
  ],
  [
    "empties a layer",
    "layer collapse",
    /nothing is left of/,
    byMask((context) => firstComeMask(context, context.prunable)),
  ],
  [
    "leaves tensors behind",
    "no leaks",
    /tensors left behind/,
    byScore((values) => {
      tf.tensor1d(values);
      return values.map(Math.abs);
    }),
  ],
  [
    "depends on the engine",
    "engines agree",
    /engines wasm and cpu disagree on \d+ of/,
    byScore((values) => values.map((w) => (tf.getBackend() === "cpu" ? -w : w))),
  ],
  [
    "reads calibration it did not ask for",
    "exact counts",
    /set needs to "calibration"/,
    defineMethod({
      ...card,
      prepare: ({ calibration }) => calibration.batches,
      score: ({ values }) => values.map(Math.abs),
    }),
  ],
  ["has two sentences of idea", "card", /more than one sentence/, { ...magnitude, idea: "One. Two." }],
  ["has no citation", "card", /no BibTeX entry/, { ...magnitude, cite: "Han et al." }],
  [
    "has a parameter without default",
    "card",
    /parameter rate has no default/,
    { ...magnitude, params: z.object({ rate: z.number() }) },
  ],
];

test.each(FAULTS)("the kit catches a method that %s", async (_, check, says, method) => {
  const found = await finding(method, check);
  expect(found.message).toMatch(says);
  expect(found.status).toBe(check === "layer collapse" ? "warned" : "failed");
});

describe("training that does not hold the mask", () => {
  const SETTINGS = adamW({ learningRate: 0.05, totalSteps: -1, weightDecay: 0.1 });
  /** Zeroes the weights at the start and never again, as the 2021 code did, or after every step but not the moments. */
  const trainer =
    (after: "nothing" | "weights"): StartTrainer =>
    async (config, weights, mask, batches) => {
      const model = new Lxmert(config, mask.apply(weights));
      const optimiser = new Optimiser(model.parameters, SETTINGS);
      for (const batch of batches) {
        await trainStep(model, optimiser, batch, null);
        if (after === "weights") model.load(mask.apply(await model.snapshot()));
      }
      return {
        step: () => Promise.resolve(),
        weights: () => model.snapshot(),
        moments: () => optimiser.snapshot(),
        dispose: () => {
          optimiser.dispose();
          model.dispose();
        },
      };
    };

  test("is caught when pruned weights grow back", async () => {
    const found = await finding(magnitude, "held in training", { trainer: trainer("nothing") });
    expect(found).toMatchObject({
      status: "failed",
      message: expect.stringMatching(/pruned weights of .* grew back/) as string,
    });
  });

  test("is caught when their moments live on", async () => {
    const found = await finding(magnitude, "held in training", { trainer: trainer("weights") });
    expect(found).toMatchObject({
      status: "failed",
      message: expect.stringMatching(/moments of pruned weights/) as string,
    });
  });
});

test.each([
  ['import { readFile } from "node:fs/promises";', /imports node:fs\/promises/],
  ['import data from "@ticketbench/data-vqa";', /imports @ticketbench\/data-vqa/],
  ["const data = await fetch('https://example.org/minival.json');", /fetches from the network/],
  ["const data = await import(name);", /imports at run time/],
  ["const data = process.env.DATA;", /reads the process/],
  ["const seed = Date.now();", /reads the clock/],
  ["try { score(); } catch { console.log('error'); }", /catches an error and goes on/],
] as const)("the kit's look at the source catches %s", (source, says) => {
  expect(sourceText(source)).toMatchObject({ status: "failed", message: expect.stringMatching(says) as string });
});

test("the look at the source takes comments and texts for what they are, and a rethrow for an error let through", () => {
  const source = `import { z } from "zod"; // fetch(x)
/* process.env */ const text = "Date.now() and import(x)";
try { work(); } catch (cause) { throw new Error("while working", { cause }); }
export default defineMethod({ title: "T" });`;
  expect(sourceText(source).status).toBe("passed");
});
