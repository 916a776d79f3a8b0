import type { Weights } from "@ticketbench/model";
import { z } from "zod";
import { defineMethod } from "../define-method.ts";
import { Mask } from "../mask.ts";
import { PruneError } from "../prune-error.ts";
import type { Shapes } from "../shapes.ts";
import { type Group, groupNorm, headGroups, neuronGroups, placesOf } from "../structure.ts";

/** The weakest groups of each list, all but `keep` of them; of equals the last ones go. */
function weakest(lists: readonly (readonly Group[])[], keep: number, weights: Weights, shapes: Shapes): Group[] {
  return lists.flatMap((groups) => {
    const ranked = groups.map((group, i) => ({ group, i, norm: groupNorm(group, weights, shapes) }));
    ranked.sort((a, b) => b.norm - a.norm || a.i - b.i);
    return ranked.slice(keep).map(({ group }) => group);
  });
}

export default defineMethod({
  title: "Heads and feed-forward neurons",
  idea: "Remove whole attention heads and whole feed-forward neurons of the smallest norm, as many in every layer.",
  family: "structure",
  cite: `@inproceedings{michel2019sixteen,
  title = {Are Sixteen Heads Really Better than One?},
  author = {Michel, Paul and Levy, Omer and Neubig, Graham},
  booktitle = {Advances in Neural Information Processing Systems},
  year = {2019}
}`,
  params: z.strictObject({}),
  needs: "nothing",
  nests: true,
  count: "own",
  /** As many heads and neurons in every layer, at least one of each, so that what is left is an ordinary LXMERT. */
  mask: ({ weights, shapes, prunable, sparsity, heads }) => {
    const inScope = new Set(prunable);
    const attentions = headGroups(shapes, heads);
    const sublayers = neuronGroups(shapes);
    for (const [first] of [...attentions, ...sublayers])
      for (const name of [...(first?.rowsOf ?? []), first?.columnsOf ?? ""])
        if (!inScope.has(name)) throw new PruneError(`heads and neurons need ${name} in the scope`);
    const keepOf = (count: number) => Math.max(1, count - Math.floor(sparsity * count));
    const removed = [
      ...weakest(attentions, keepOf(heads), weights, shapes),
      ...weakest(sublayers, keepOf(sublayers[0]?.length ?? 0), weights, shapes),
    ];
    const bytes = new Map(
      prunable.map((name) => [name, new Uint8Array(weights.get(name)?.values.length ?? 0).fill(1)]),
    );
    for (const group of removed)
      for (const [name, index] of placesOf(group, shapes)) (bytes.get(name) as Uint8Array)[index] = 0;
    return { mask: Mask.fromBytes(shapes, bytes) };
  },
});
