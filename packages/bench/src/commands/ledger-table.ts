import type { Count, Ledger } from "@ticketbench/prune";
import { columns } from "./columns.ts";

/** Weights of each module, of what may be pruned, of what no answer depends on and of all, and how many are gone. */
export function ledgerTable(
  { modules, prunable, dead, total }: Pick<Ledger, "modules" | "prunable" | "dead" | "total">,
  words: { prunable: string; gone: string },
): string {
  const parts: Record<string, Count> = { ...modules, [words.prunable]: prunable, "never used": dead, total };
  const rows = Object.entries(parts).map(([name, { size, pruned, sparsity }]) => [
    ...[name, size.toLocaleString("en"), pruned.toLocaleString("en"), (100 * sparsity).toFixed(2)],
  ]);
  return columns(["module", "parameters", words.gone, `% ${words.gone}`], rows, { right: [1, 2, 3] });
}
