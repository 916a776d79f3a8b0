import { formatFor } from "../i18n/format.ts";
import type { Group, View } from "./view.ts";

const f = formatFor("en");

/** Mean of a cost over the seeds; null where one of them does not say it. */
function meanCost(group: Group, cost: "flops" | "bytes" | "latency"): number | null {
  const values = group.cells.map((cell) => cell[cost]);
  const sum = values.reduce<number | null>(
    (total, value) => (total === null || value === null ? null : total + value),
    0,
  );
  return sum === null ? null : sum / values.length;
}

/** One group of a view as plain data: shares and accuracies are fractions. */
function rowOf(group: Group, view: View) {
  return {
    method: group.method.id,
    title: group.method.title,
    phase: view.state.phase,
    answers: view.state.answers,
    sparsity_target: group.target,
    sparsity_prunable: group.prunable,
    sparsity_total: group.total,
    accuracy: group.accuracy.mean,
    interval_low: group.accuracy.interval?.low ?? null,
    interval_high: group.accuracy.interval?.high ?? null,
    n: group.accuracy.n,
    rank: group.rank,
    flops: meanCost(group, "flops"),
    bytes: meanCost(group, "bytes"),
    latency_seconds: meanCost(group, "latency"),
    cells: group.cells.map((cell) => cell.id),
  };
}

/** A value as a CSV field. A spreadsheet runs what begins like a formula: such text gets an apostrophe. */
function field(value: string | number | null | readonly string[]): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const words = typeof value === "string" ? value : value.join(" ");
  const harmless = /^[=+\-@\t\r]/.test(words) ? `'${words}` : words;
  return /[",\n\r]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** Exactly the groups in view, one a line. */
export function viewAsCsv(view: View): string {
  const rows = view.groups.map((group) => rowOf(group, view));
  const names = Object.keys(rows[0] ?? {});
  const lines = rows.map((row) => Object.values(row).map(field).join(","));
  return `${[names.join(","), ...lines].join("\n")}\n`;
}

/** Exactly what is in view, with the question it answers. */
export function viewAsJson(view: View, address: string): string {
  const { track, dense, floor, hidden, groups } = view;
  const about = { address, dataset: track.dataset, split: track.split, questions: track.questions, hidden };
  const reference = { dense: dense && { mean: dense.mean, n: dense.n }, floor };
  return JSON.stringify({ ...about, ...reference, groups: groups.map((group) => rowOf(group, view)) }, null, 2);
}

/** The cells of the table as people read them: "67.4 ± 0.2 (3)". */
function matrix(view: View, plusMinus: string): { title: string; cells: string[] }[] {
  return view.methods.map((method) => ({
    title: method.title,
    cells: view.targets.map((target) => {
      const group = view.groups.find((other) => other.method.id === method.id && other.target === target);
      if (!group) return "";
      const { mean, interval, n } = group.accuracy;
      const half = interval ? ` ${plusMinus} ${f.points((interval.high - interval.low) / 2)}` : "";
      return `${f.points(mean)}${half} (${f.integer(n)})`;
    }),
  }));
}

function percent(target: number): string {
  return f.share(target).replace("\u202f", " ");
}

/** The table for a README or an issue. */
export function viewAsMarkdown(view: View): string {
  const safe = (title: string): string => title.replace(/[\\|`*_<>[\]]/g, "\\$&").replaceAll("\n", " ");
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const head = line(["method", ...view.targets.map(percent)]);
  const rule = line(["---", ...view.targets.map(() => "---:")]);
  return `${[head, rule, ...matrix(view, "±").map(({ title, cells }) => line([safe(title), ...cells]))].join("\n")}\n`;
}

const LATEX: Record<string, string> = {
  "\\": "\\textbackslash{}",
  "^": "\\textasciicircum{}",
  "~": "\\textasciitilde{}",
};

function latexText(words: string): string {
  return words.replace(/[\\^~&%$#_{}]/g, (character) => LATEX[character] ?? `\\${character}`);
}

/** The table for a paper, in booktabs style. */
export function viewAsLatex(view: View): string {
  const row = (cells: readonly string[]): string => `${cells.join(" & ")} \\\\`;
  const rows = matrix(view, "$\\pm$").map(({ title, cells }) => row([latexText(title), ...cells]));
  return [
    `\\begin{tabular}{l${"r".repeat(view.targets.length)}}`,
    "\\toprule",
    row(["method", ...view.targets.map((target) => latexText(percent(target)))]),
    "\\midrule",
    ...rows,
    "\\bottomrule",
    "\\end{tabular}",
    "",
  ].join("\n");
}

/** How to cite a view of the board. */
export function viewAsBibtex(address: string, year: number): string {
  return `@misc{ticketbench,
  title  = {TicketBench: how much of a vision-and-language network can be pruned},
  author = {{The TicketBench authors}},
  year   = {${String(year)}},
  url    = {${address}}
}
`;
}
