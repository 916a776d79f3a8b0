import type { Weights } from "@ticketbench/model";
import { z } from "zod";
import { defineMethod } from "../define-method.ts";
import { Mask } from "../mask.ts";
import { PruneError } from "../prune-error.ts";
import type { Shapes } from "../shapes.ts";
import { type Group, groupNorm, groupSize, headGroups, neuronGroups, placesOf } from "../structure.ts";

/**
 * The groups that may go, weakest first. Norms are shares of the mean norm in the group's own list, so that heads compare
 * with neurons and one layer with another; the strongest of each list is left out, so that no sublayer is cut off.
 */
function weakestFirst(lists: readonly (readonly Group[])[], weights: Weights, shapes: Shapes): Group[] {
  const candidates = lists.flatMap((groups) => {
    const norms = groups.map((group) => groupNorm(group, weights, shapes));
    const mean = norms.reduce((sum, norm) => sum + norm, 0) / norms.length;
    const strongest = norms.indexOf(Math.max(...norms));
    const ranked = groups.map((group, i) => ({ group, strength: mean === 0 ? 1 : (norms[i] as number) / mean }));
    return ranked.filter((_, i) => i !== strongest);
  });
  // Sorting is stable: of equals, the first in the order of names and places goes first.
  return candidates.sort((a, b) => a.strength - b.strength).map(({ group }) => group);
}

export default defineMethod({
  title: "Heads and feed-forward neurons",
  idea: "Remove whole attention heads and whole feed-forward neurons, those of the smallest norm next to others of their layer.",
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
  /** Group by group until one more would miss the target by more than one less. */
  mask: ({ weights, shapes, prunable, keep, heads }) => {
    const inScope = new Set(prunable);
    const lists = [...headGroups(shapes, heads), ...neuronGroups(shapes)];
    for (const [first] of lists)
      for (const name of [...(first?.rowsOf ?? []), first?.columnsOf ?? ""])
        if (!inScope.has(name)) throw new PruneError(`heads and neurons need ${name} in the scope`);
    const bytes = new Map(
      prunable.map((name) => [name, new Uint8Array(weights.get(name)?.values.length ?? 0).fill(1)]),
    );
    let excess = [...bytes.values()].reduce((sum, { length }) => sum + length, 0) - keep;
    for (const group of weakestFirst(lists, weights, shapes)) {
      const size = groupSize(group, shapes);
      if (2 * excess < size) break;
      for (const [name, index] of placesOf(group, shapes)) (bytes.get(name) as Uint8Array)[index] = 0;
      excess -= size;
    }
    const largest = Math.max(1, ...lists.map(([first]) => (first === undefined ? 0 : groupSize(first, shapes))));
    return { mask: Mask.fromBytes(shapes, bytes), resolution: Math.ceil(largest / 2) };
  },
});
