import { z } from "zod";
import { defineMethod } from "../define-method.ts";
import { Mask } from "../mask.ts";
import { rowsAndColumns } from "../shapes.ts";

/** How many of the group of `m` weights at `start` come before the one at `index`: larger ones, then earlier equals. */
function rank(values: Float32Array, index: number, start: number, m: number): number {
  const own = Math.abs(values[index] as number);
  let before = 0;
  for (let i = start; i < start + m; i++) {
    const other = Math.abs(values[i] as number);
    if (other > own || (other === own && i < index)) before++;
  }
  return before;
}

/** Keeps the `n` largest magnitudes of each `m` neighbours along a row; a rest shorter than `m` stays whole. */
function keepPattern(values: Float32Array, columns: number, n: number, m: number): Uint8Array {
  const mask = new Uint8Array(values.length).fill(1);
  for (let row = 0; row < values.length; row += columns)
    for (let start = row; start + m <= row + columns; start += m)
      for (let i = start; i < start + m; i++) if (rank(values, i, start, m) >= n) mask[i] = 0;
  return mask;
}

export default defineMethod({
  title: "N:M",
  idea: "In each M neighbouring inputs of an output keep the N largest weights: the pattern that sparse tensor cores speed up.",
  family: "pattern",
  cite: `@inproceedings{zhou2021learning,
  title = {Learning {N:M} Fine-grained Structured Sparse Neural Networks From Scratch},
  author = {Zhou, Aojun and Ma, Yukun and Zhu, Junnan and Liu, Jianbo and Zhang, Zhijie and Yuan, Kun and Sun, Wenxiu
            and Li, Hongsheng},
  booktitle = {International Conference on Learning Representations},
  year = {2021}
}`,
  params: z.strictObject({
    m: z
      .union([z.literal(4), z.literal(8)])
      .default(4)
      .describe("group length; N is the whole number nearest to M x (1 - sparsity), at least 1: 2:4 and 4:8 at 0.5"),
  }),
  needs: "nothing",
  nests: true,
  count: "own",
  claim: (values) => values.map(Math.abs),
  mask: ({ weights, shapes, prunable, params: { m }, sparsity }) => {
    const n = Math.max(1, Math.round(m * (1 - sparsity)));
    const masks = prunable.map((name) => {
      const [, columns] = rowsAndColumns(shapes.get(name) ?? []);
      return [name, keepPattern(weights.get(name)?.values ?? new Float32Array(), columns, n, m)] as const;
    });
    const mask = Mask.fromBytes(shapes, new Map(masks));
    // Half a weight of every group.
    return { mask, resolution: Math.ceil(mask.size() / (2 * m)) };
  },
});
