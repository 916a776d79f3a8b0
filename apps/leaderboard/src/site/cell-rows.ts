import { type Result, type Variant, variantsOfAll } from "@ticketbench/results";
import type { CellRow } from "../board/cell-table.ts";
import { accuraciesOf, secondsOf } from "../board/from-results.ts";
import { loadResults } from "./load-results.ts";

let variants: Promise<Map<string, Variant>> | undefined;

/** The variant of every result of this site, by result id; once a build. */
export function loadVariants(): Promise<Map<string, Variant>> {
  variants ??= loadResults().then(variantsOfAll);
  return variants;
}

function rowOf(result: Result, variant: Variant | undefined): CellRow {
  const { id, target, seed, study } = result;
  const common = { id, method: variant?.title ?? "dense", target, seed, study: study.name };
  if (result.status === "failed") {
    const none = { prunable: null, total: null, dense: null, pruned: null, rewound: null, retrained: null, cost: null };
    return { ...common, ...none, status: `failed: ${result.failure.reason}`, failed: true };
  }
  const accuracy = (phase: keyof typeof result.phases): number | null => {
    const found = result.phases[phase];
    return found ? (accuraciesOf(found)[0] ?? null) : null;
  };
  return {
    ...common,
    ...result.measured,
    dense: accuracy("dense"),
    pruned: accuracy("pruned"),
    rewound: accuracy("rewound"),
    retrained: accuracy("retrained"),
    cost: secondsOf(result),
    status: result.tier,
    failed: false,
  };
}

interface CellRows {
  readonly done: readonly CellRow[];
  readonly failed: readonly CellRow[];
}

async function makeRows(): Promise<CellRows> {
  const known = await loadVariants();
  const rows = (await loadResults()).map((result) => rowOf(result, known.get(result.id)));
  const done = rows.filter(({ failed }) => !failed);
  done.sort(
    (a, b) =>
      a.study.localeCompare(b.study) || a.method.localeCompare(b.method) || a.target - b.target || a.seed - b.seed,
  );
  return { done, failed: rows.filter(({ failed }) => failed) };
}

let rows: Promise<CellRows> | undefined;

/** The list of results, once a build: the finished ones by study, method, sparsity and seed, and the failed ones. */
export function cellRows(): Promise<CellRows> {
  rows ??= makeRows();
  return rows;
}
