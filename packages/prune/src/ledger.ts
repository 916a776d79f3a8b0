import type { Mask } from "./mask.ts";
import { deadParameters, type Module, MODULES, moduleOf } from "./parameter.ts";

/** Weights kept, pruned and altogether; `sparsity` is the pruned share, 0..1 (0 of nothing). */
export interface Count {
  readonly size: number;
  readonly kept: number;
  readonly pruned: number;
  readonly sparsity: number;
}

export interface LedgerLine extends Count {
  readonly name: string;
  readonly module: Module;
  readonly shape: readonly number[];
  readonly prunable: boolean;
  /** True for a parameter that never reaches the answer. */
  readonly dead: boolean;
}

/** What a mask keeps and prunes, counted from its bits. */
export interface Ledger {
  /** Of the whole model. */
  readonly total: Count;
  /** Of the parameters in the scope. */
  readonly prunable: Count;
  /** Of the parameters that never reach the answer: pruning these costs nothing and gains nothing. */
  readonly dead: Count;
  readonly modules: Readonly<Partial<Record<Module, Count>>>;
  /** One line a parameter, in the model's order. */
  readonly parameters: readonly LedgerLine[];
}

function count(size: number, kept: number): Count {
  return { size, kept, pruned: size - kept, sparsity: size === 0 ? 0 : (size - kept) / size };
}

function sum(lines: readonly Count[]): Count {
  return count(
    lines.reduce((size, line) => size + line.size, 0),
    lines.reduce((kept, line) => kept + line.kept, 0),
  );
}

/** The ledger of a mask. */
export function ledgerOf(mask: Mask): Ledger {
  const prunable = new Set(mask.prunable);
  const dead = deadParameters(mask.shapes);
  const parameters = [...mask.shapes].map(([name, shape]) => ({
    name,
    module: moduleOf(name),
    shape,
    prunable: prunable.has(name),
    dead: dead.has(name),
    ...count(mask.size(name), mask.kept(name)),
  }));
  const modules: Partial<Record<Module, Count>> = {};
  for (const module of MODULES) {
    const lines = parameters.filter((line) => line.module === module);
    if (lines.length > 0) modules[module] = sum(lines);
  }
  return {
    total: sum(parameters),
    prunable: sum(parameters.filter((line) => line.prunable)),
    dead: sum(parameters.filter((line) => line.dead)),
    modules,
    parameters,
  };
}
