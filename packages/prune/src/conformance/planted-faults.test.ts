import { randomStream, tf } from "@ticketbench/backend";
import { expect, test } from "vitest";
import { z } from "zod";
import { pack } from "../bits.ts";
import { defineMethod, type Method, type PruneContext } from "../define-method.ts";
import { Mask } from "../mask.ts";
import magnitude from "../methods/magnitude.ts";
import { card, finding } from "../testing/planted.ts";

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

/** A mask of the scope that prunes nothing there, and all of the parameters that match. */
function alsoPrunes({ shapes, prunable }: PruneContext, others: RegExp): Mask {
  const sized = (name: string, bit: 0 | 1) =>
    [name, new Uint8Array((shapes.get(name) ?? []).reduce((a, b) => a * b, 1)).fill(bit)] as const;
  const outside = [...shapes.keys()].filter((name) => others.test(name));
  return Mask.fromBytes(
    shapes,
    new Map([...prunable.map((name) => sized(name, 1)), ...outside.map((name) => sized(name, 0))]),
  );
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
  [
    "divides by a norm that may be 0",
    "ties",
    /NaN at index 0/,
    byScore((values) => values.map((w) => Math.abs(w) / Math.hypot(...values))),
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
    "prunes LayerNorm outside the scope",
    "exact counts",
    /LayerNorm\.weight, which is not in the scope/,
    byMask((context) => alsoPrunes(context, /attention\.output\.LayerNorm\.weight$/)),
  ],
  [
    "prunes embeddings, which the scope leaves out",
    "exact counts",
    /word_embeddings\.weight, which is not in the scope/,
    byMask((context) => alsoPrunes(context, /word_embeddings\.weight$/)),
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
  [
    "divides by a sample deviation, which one weight does not have",
    "odd shapes",
    /single\.weight: NaN at index 0/,
    byScore((values) => {
      const mean = values.reduce((sum, w) => sum + w, 0) / values.length;
      const variance = values.reduce((sum, w) => sum + (w - mean) ** 2, 0) / (values.length - 1);
      return values.map((w) => Math.abs(w - mean) / Math.sqrt(variance + 1e-12));
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
    "labels 0.3 what is 0.51",
    "label",
    /0\.30 is a measured 0\.5\d+: a label must be the measurement/,
    byMask((context) => cutMask(context, Math.min(0.95, 1.7 * context.sparsity)), { count: "own" }),
  ],
  [
    "labels 0.9 what is 0.8, and 0.3 and 0.5 rightly",
    "label",
    /0\.90 is a measured 0\.8\d+: a label must be the measurement/,
    byMask((context) => cutMask(context, Math.min(0.8, context.sparsity)), { count: "own" }),
  ],
  [
    "empties a layer",
    "layer collapse",
    /nothing is left of/,
    byMask((context) => firstComeMask(context, context.prunable)),
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
