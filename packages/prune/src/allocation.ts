import { sizeOf } from "@ticketbench/model";
import { MODULES, type Module, moduleOf } from "./parameter.ts";
import { PruneError } from "./prune-error.ts";
import type { Slice, Unit } from "./select.ts";
import { byName, rowsAndColumns, type Shapes } from "./shapes.ts";

/** The smallest group of weights with a count of its own: the whole model, a parameter, or one row (one output). */
export const GRANULARITIES = ["global", "layer", "row"] as const;
export type Granularity = (typeof GRANULARITIES)[number];

/** How hard each module is pruned, relative to the others; 1 for those not named, 0 spares a module. */
export type ModuleRatios = Readonly<Partial<Record<Module, number>>>;

/**
 * Who keeps how many: `uniform` (the same share everywhere), `erk` (Erdos-Renyi-Kernel: a parameter keeps weights in
 * proportion to inputs + outputs; Evci et al. 2020, arXiv 1911.11134), or by-module ratios of the pruned share.
 */
export type Allocation = "uniform" | "erk" | ModuleRatios;

/**
 * Shares `total` places out in proportion to `weights`, never above `limits`: Webster's method, by which nobody ever
 * loses a place when the total grows, so a sparser mask stays inside a denser one. Sums exactly to `total`.
 */
export function apportion(total: number, weights: readonly number[], limits: readonly number[]): number[] {
  const room = limits.reduce((sum, limit, i) => sum + ((weights[i] as number) > 0 ? limit : 0), 0);
  if (total > room) throw new PruneError(`cannot share ${total} weights out: there is room for ${room}`);
  const at = (level: number) =>
    weights.map((weight, i) => Math.min(limits[i] as number, Math.floor(weight * level + 0.5)));
  const sum = (counts: readonly number[]) => counts.reduce((a, b) => a + b, 0);
  let [low, high] = [0, 1];
  while (sum(at(high)) < total) high *= 2;
  for (let middle = (low + high) / 2; low < middle && middle < high; middle = (low + high) / 2) {
    if (sum(at(middle)) <= total) low = middle;
    else high = middle;
  }
  const counts = at(low);
  const reached = at(high);
  let left = total - sum(counts);
  for (let i = 0; left > 0 && i < counts.length; i++) {
    const step = Math.min(left, (reached[i] as number) - (counts[i] as number));
    counts[i] = (counts[i] as number) + step;
    left -= step;
  }
  return counts;
}

/** How many weights each named parameter keeps, summing exactly to `keep`. */
function parameterCounts(shapes: Shapes, names: readonly string[], keep: number, allocation: Allocation): number[] {
  const sizes = names.map((name) => sizeOf(shapes.get(name) ?? []));
  if (allocation === "uniform") return apportion(keep, sizes, sizes);
  if (allocation === "erk") {
    const dimensions = names.map((name, i) => ((sizes[i] as number) === 0 ? 0 : sum(shapes.get(name) ?? [])));
    return apportion(keep, dimensions, sizes);
  }
  const ratios = names.map((name) => allocation[moduleOf(name)] ?? 1);
  const pruned = apportion(
    sum(sizes) - keep,
    sizes.map((size, i) => size * (ratios[i] as number)),
    sizes,
  );
  return sizes.map((size, i) => size - (pruned[i] as number));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}

/** Throws a PruneError for a module that does not exist or a ratio that is not a number from 0 up. */
function checkRatios(ratios: ModuleRatios): void {
  for (const [module, ratio] of Object.entries(ratios)) {
    if (!MODULES.some((known) => known === module))
      throw new PruneError(`no module is called "${module}"; the modules are ${MODULES.join(", ")}`);
    if (!Number.isFinite(ratio) || ratio < 0)
      throw new PruneError(`ratio ${ratio} of ${module}: give a number from 0 up`);
  }
}

function whole(name: string, shapes: Shapes): Slice {
  return { name, start: 0, end: sizeOf(shapes.get(name) ?? []) };
}

/** One unit a row of the parameter, its places shared out evenly. */
function rowUnits(name: string, shape: readonly number[], keep: number): Unit[] {
  const [rows, columns] = rowsAndColumns(shape);
  const lengths = new Array<number>(rows).fill(columns);
  return apportion(keep, lengths, lengths).map((count, row) => ({
    slices: [{ name, start: row * columns, end: (row + 1) * columns }],
    keep: count,
  }));
}

/**
 * The units of a selection and their places, `keep` in all. The allocation gives its own units (everything for
 * `uniform`, modules for ratios, parameters for `erk`) a count; the granularity splits them further down, evenly.
 * Depends on names and shapes alone, never on their order.
 */
export function unitsOf(
  shapes: Shapes,
  prunable: readonly string[],
  keep: number,
  granularity: Granularity,
  allocation: Allocation,
): Unit[] {
  const names = [...prunable].sort(byName);
  if (typeof allocation !== "string") checkRatios(allocation);
  if (granularity === "global" && allocation === "uniform")
    return [{ slices: names.map((name) => whole(name, shapes)), keep }];
  const counts = parameterCounts(shapes, names, keep, allocation);
  if (granularity === "row")
    return names.flatMap((name, i) => rowUnits(name, shapes.get(name) ?? [], counts[i] as number));
  if (granularity === "layer" || allocation === "erk")
    return names.map((name, i) => ({ slices: [whole(name, shapes)], keep: counts[i] as number }));
  return MODULES.map((module) => {
    const members = names
      .map((name, i) => ({ name, keep: counts[i] as number }))
      .filter((m) => moduleOf(m.name) === module);
    return { slices: members.map(({ name }) => whole(name, shapes)), keep: sum(members.map((member) => member.keep)) };
  });
}
