/** "magnitude-gradient" as a title: "Magnitude gradient". */
function titleOf(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1).replaceAll("-", " ")}`;
}

/** The file a new method starts as: magnitude under another name, so that it works, with a TODO where to say what is yours. */
export function methodFile(name: string): string {
  const title = titleOf(name);
  return `import { z } from "zod";
import { defineMethod } from "../define-method.ts";

export default defineMethod({
  title: "${title}",
  // TODO: the idea in one sentence.
  idea: "Keep the weights of the largest absolute value.",
  // TODO: magnitude, random, gradient, calibration, pattern, structure or schedule.
  family: "magnitude",
  // TODO: the BibTeX of the paper.
  cite: "@misc{${name}, title = {${title}}, author = {You}, year = {${new Date().getFullYear()}}}",
  // TODO: what can be set, each with a range, a default and a description; z.strictObject({}) if nothing can.
  params: z.strictObject({
    power: z.number().positive().max(4).default(1).describe("exponent of the magnitude"),
  }),
  // TODO: "calibration" or "gradients" if you look at training questions: add prepare({ calibration, weights }).
  needs: "nothing",
  // TODO: whether your mask at 0.8 lies inside your mask at 0.5.
  nests: true,
  // TODO: one number a weight; the higher, the more it deserves to stay. Counts, ties and layers are taken care of.
  score: ({ values, params }) => values.map((weight) => Math.abs(weight) ** params.power),
});
`;
}

/** The test beside it: an example worked by hand, and the naive way to the same mask. */
export function methodTest(name: string): string {
  return `import fc from "fast-check";
import { expect, test } from "vitest";
import { keepBySearch, pruneByHand } from "../testing/hand.ts";
import method from "./${name}.ts";

// TODO: an example of yours, worked by hand.
test("by hand: of 0.3, -0.1, 0.2, -0.4 it keeps 0.3 and -0.4", async () => {
  const rows = [
    [0.3, -0.1],
    [0.2, -0.4],
  ];
  expect((await pruneByHand(rows, { method, sparsity: 0.5 })).kept).toBe("1001");
});

// TODO: your score by a plain loop.
test("it keeps what a naive double loop keeps, ties included", async () => {
  const row = fc.array(fc.constantFrom(-3, -1, 0, 1, 2, 3), { minLength: 5, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 4 }), async (rows) => {
      const scores = rows.flat().map(Math.abs);
      const keep = scores.length - Math.round(0.6 * scores.length);
      expect((await pruneByHand(rows, { method, sparsity: 0.6 })).kept).toBe(keepBySearch(scores, keep));
    }),
  );
});
`;
}
