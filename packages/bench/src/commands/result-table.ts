import type { DoneResult } from "@ticketbench/results";
import Table from "cli-table3";
import { type Plan, percent } from "../plan/plan.ts";
import type { ResultFolder } from "../run/records.ts";
import { PHASES } from "../study/study.ts";

/** Lines between columns only where they help: nine columns have to fit into 80 characters. */
const NARROW = {
  ...{ top: "", "top-mid": "", "top-left": "", "top-right": "", bottom: "", "bottom-mid": "" },
  ...{ "bottom-left": "", "bottom-right": "", left: "", right: "", middle: "", "left-mid": "", "right-mid": "" },
  ...{ mid: "─", "mid-mid": "" },
};

/** What a run measured, one row for each method and sparsity: the mean over the seeds that are done, in percent. */
export async function resultTable(plan: Plan, results: ResultFolder): Promise<string> {
  const states = await results.states(plan.cells.filter((cell) => cell.kind !== "start").map((cell) => cell.id));
  const done = [...states.values()].flatMap((state) =>
    state.state === "done" && state.result.status === "done" ? [state.result] : [],
  );
  const labels = new Map(plan.cells.map((cell) => [cell.id, cell.label.replace(/ seed \d+/, "")]));
  return tableOf(done, ({ id }) => labels.get(id) ?? "");
}

/** The same of results whose plan is not at hand, told apart by method, its parameters and sparsity. */
export function studyTable(results: readonly DoneResult[]): string {
  const label = ({ method, target }: DoneResult): string => {
    if (method === null) return "dense";
    const params = Object.keys(method.params).length === 0 ? "" : ` ${JSON.stringify(method.params)}`;
    return `${method.id}${params} ${percent(target)}`;
  };
  const key = ({ method, target }: DoneResult): string => `${method?.id ?? ""} ${target.toFixed(6)}`;
  return tableOf(
    results.toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0)),
    label,
  );
}

function tableOf(done: readonly DoneResult[], label: (result: DoneResult) => string): string {
  const table = new Table({
    head: ["method", "asked", "removed", "of all", ...PHASES, "n"],
    colAligns: ["left", ...Array<"right">(PHASES.length + 4).fill("right")],
    style: { head: [], border: [], compact: true },
    chars: NARROW,
  });
  for (const [name, rows] of Map.groupBy(done, label)) {
    table.push(row(name.replace(/ [\d.]+ %/, ""), rows));
  }
  return table.length === 0 ? "" : table.toString();
}

function row(name: string, results: readonly DoneResult[]): string[] {
  const first = results[0] as DoneResult;
  const isDense = first.kind === "dense";
  const phase = (key: (typeof PHASES)[number]): string =>
    mean(results.flatMap(({ phases }) => (phases[key] === undefined ? [] : [phases[key].accuracy])));
  return [
    name,
    isDense ? "" : percent(first.target),
    isDense ? "" : mean(results.map(({ measured }) => measured.prunable)),
    isDense ? "" : mean(results.map(({ measured }) => measured.total)),
    ...PHASES.map(phase),
    String(results.length),
  ];
}

function mean(fractions: readonly number[]): string {
  if (fractions.length === 0) return "";
  return ((100 * fractions.reduce((sum, each) => sum + each, 0)) / fractions.length).toFixed(1);
}
