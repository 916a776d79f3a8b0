import { sizeOf, type Weights } from "@ticketbench/model";

/** The shape of every parameter of a model, by name: all that a mask needs to know of the model it belongs to. */
export type Shapes = ReadonlyMap<string, readonly number[]>;

/** The shapes of a set of weights. */
export function shapesOf(weights: Weights): Shapes {
  return new Map([...weights].map(([name, { shape }]) => [name, shape]));
}

/** Rows and columns of a parameter: a matrix as PyTorch stores it ([out, in]), a vector as one row. */
export function rowsAndColumns(shape: readonly number[]): readonly [rows: number, columns: number] {
  const columns = shape.at(-1) ?? 1;
  return [columns === 0 ? 0 : sizeOf(shape) / columns, columns];
}

/** One line a parameter, sorted by name: the same text for the same model, in whatever order its parameters are listed. */
export function describeShapes(shapes: Shapes): string {
  return [...shapes.keys()]
    .sort(byName)
    .map((name) => `${name} [${(shapes.get(name) ?? []).join(", ")}]\n`)
    .join("");
}

/** Orders names by their UTF-16 code units: the same on every machine, whatever its locale. */
export function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
