import type { Weights } from "@ticketbench/model";
import type { Shapes } from "./shapes.ts";

/** Weights that only make sense together: a run of rows of some parameters, and of columns of one. */
export interface Group {
  /** Parameters [out, in] that lose rows `start` to `end`. */
  readonly rowsOf: readonly string[];
  /** The parameter [out, in] that loses columns `start` to `end`. */
  readonly columnsOf: string;
  readonly start: number;
  readonly end: number;
}

/** The feed-forward sublayers of LXMERT: the weight into the neurons, and the weight out of them. */
export function feedForwards(shapes: Shapes): readonly { readonly into: string; readonly outOf: string }[] {
  return [...shapes.keys()].sort().flatMap((into) => {
    const outOf = into
      .replace(/\.intermediate\.dense\.weight$/, ".output.dense.weight")
      .replace(/_inter\.dense\.weight$/, "_output.dense.weight");
    return outOf !== into && shapes.has(outOf) ? [{ into, outOf }] : [];
  });
}

/** The neurons of every feed-forward sublayer, one list a sublayer. */
export function neuronGroups(shapes: Shapes): readonly (readonly Group[])[] {
  return feedForwards(shapes).map(({ into, outOf }) => {
    const [neurons = 0] = shapes.get(into) ?? [];
    return Array.from({ length: neurons }, (_, i) => ({ rowsOf: [into], columnsOf: outOf, start: i, end: i + 1 }));
  });
}

/** The heads of every attention, one list an attention: rows of query, key and value, columns of what follows. */
export function headGroups(shapes: Shapes, heads: number): readonly (readonly Group[])[] {
  const attentions = [...shapes.keys()].sort().filter((name) => name.endsWith(".query.weight"));
  return attentions.map((query) => {
    const inner = query.slice(0, -".query.weight".length);
    const rowsOf = ["query", "key", "value"].map((part) => `${inner}.${part}.weight`);
    const columnsOf = `${inner.slice(0, inner.lastIndexOf("."))}.output.dense.weight`;
    const width = (shapes.get(query)?.[0] ?? 0) / heads;
    return Array.from({ length: heads }, (_, i) => ({ rowsOf, columnsOf, start: i * width, end: (i + 1) * width }));
  });
}

/** The places of a group's weights: parameter and flat index. */
export function* placesOf(group: Group, shapes: Shapes): Generator<readonly [name: string, index: number]> {
  for (const name of group.rowsOf) {
    const columns = shapes.get(name)?.[1] ?? 0;
    for (let i = group.start * columns; i < group.end * columns; i++) yield [name, i];
  }
  const [rows = 0, columns = 0] = shapes.get(group.columnsOf) ?? [];
  for (let row = 0; row < rows; row++)
    for (let column = group.start; column < group.end; column++) yield [group.columnsOf, row * columns + column];
}

/** How many weights a group has. */
export function groupSize({ rowsOf, columnsOf, start, end }: Group, shapes: Shapes): number {
  const columns = rowsOf.reduce((sum, name) => sum + (shapes.get(name)?.[1] ?? 0), 0);
  return (end - start) * (columns + (shapes.get(columnsOf)?.[0] ?? 0));
}

/** The Euclidean norm of a group's weights. */
export function groupNorm(group: Group, weights: Weights, shapes: Shapes): number {
  let sum = 0;
  for (const [name, index] of placesOf(group, shapes)) sum += (weights.get(name)?.values[index] ?? 0) ** 2;
  return Math.sqrt(sum);
}
