import { DENSE, type Side } from "@ticketbench/results";
import { element, escapeText } from "../charts/svg.ts";
import { drawDifferenceChart } from "../charts/difference-chart.ts";
import { drawBar } from "../charts/bar.ts";
import { fitText } from "../charts/text-width.ts";
import { board, englishPages } from "../i18n/en.ts";
import { formatFor } from "../i18n/format.ts";
import { ANSWERS, type Phase, type Track } from "./board.ts";
import type { ComparedSparsity } from "./comparison.ts";

const f = formatFor("en");

/** A name as the heading of a column. */
function heading(name: string): string {
  return fitText(name, 13, 300);
}

function range({ verdict }: ComparedSparsity): string {
  return englishPages.differenceRange(verdict.interval.low, verdict.interval.high);
}

/** p as it is usually written. */
function pValue(p: number): string {
  return p < 0.001 ? "< .001" : p.toFixed(3).replace(/^0/, "");
}

/** Differences of a to b over the sparsities. */
export function drawDifferences(a: Side, b: Side, rows: readonly ComparedSparsity[], width: number): string {
  return drawDifferenceChart(
    {
      title: `Difference in accuracy of ${a.name} to ${b.name}, points`,
      above: `↑ ${fitText(a.name, 13, width - 140)} better`,
      below: `↓ ${fitText(b.name, 13, width - 140)} better`,
      xTitle: board.axisTitles.prunable,
      formatY: f.difference,
      differences: rows.map((row) => ({
        name: f.share(row.target),
        difference: row.verdict.difference,
        interval: row.verdict.interval,
        outcome: row.verdict.outcome,
        spoken: `${f.share(row.target)}: ${row.verdict.outcome}, ${f.difference(row.verdict.difference)} points (95\u00a0% interval ${range(row)}), p ${pValue(row.verdict.p)}, n = ${f.integer(row.verdict.n)}`,
      })),
    },
    width,
  );
}

const OUTCOME_CLASS = { better: "tag good", worse: "tag bad", tied: "tag", undecided: "tag" } as const;

/** The same as a table; the heading of a row chooses the sparsity that is looked at closely. */
export function drawVerdictTable(a: Side, b: Side, rows: readonly ComparedSparsity[], chosen: number): string {
  const names = [heading(a.name), heading(b.name)];
  const { sparsity, difference, interval, verdict } = englishPages;
  const heads = [sparsity, ...names, difference, interval, "p", "n", verdict];
  const head = heads.map((words, index) =>
    element(
      "th",
      { scope: "col", class: ["pinned start", "named", "named"][index] ?? (index === 7 ? "start" : null) },
      escapeText(words),
    ),
  );
  const body = rows.map((row) => {
    const { meanA, meanB, difference, p, n, outcome } = row.verdict;
    const button = element(
      "button",
      { type: "button", "data-target": String(row.target), "aria-pressed": String(row.target === chosen) },
      f.share(row.target),
    );
    const values = [f.points(meanA), f.points(meanB), f.difference(difference), range(row), pValue(p), f.integer(n)];
    return element(
      "tr",
      { class: row.target === chosen ? "chosen" : null },
      element("th", { scope: "row", class: "pinned" }, button),
      ...values.map((value) => element("td", {}, escapeText(value))),
      element("td", { class: "start" }, element("span", { class: OUTCOME_CLASS[outcome] }, outcome)),
    );
  });
  return element(
    "table",
    { class: "table" },
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...body),
  );
}

/** Questions by who answers them right, in one bar each. */
export function drawAgreement(a: Side, b: Side, { agreement }: ComparedSparsity): string {
  const total = agreement.both + agreement.onlyA + agreement.onlyB + agreement.neither;
  const rows: [string, number][] = [
    ["both", agreement.both],
    [`only ${a.name}`, agreement.onlyA],
    [`only ${b.name}`, agreement.onlyB],
    ["neither", agreement.neither],
  ];
  const body = rows.map(([name, count]) =>
    element(
      "tr",
      {},
      element("th", { scope: "row", class: "pinned name" }, element("bdi", { class: "clamp" }, escapeText(name))),
      element("td", {}, f.integer(count)),
      element("td", {}, f.share(count / total)),
      element("td", { class: "picture" }, drawBar(count / total)),
    ),
  );
  const head = ["Answered right by", englishPages.questions, "Share", ""].map((words, index) =>
    element(
      index === 3 ? "td" : "th",
      { scope: index === 3 ? null : "col", class: index === 0 ? "pinned start" : null },
      escapeText(words),
    ),
  );
  return element(
    "table",
    { class: "table" },
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...body),
  );
}

/** Mean accuracy by answer type of one side, out of the board; null where the board does not hold it. */
function byAnswerType(track: Track, side: string, target: number, phase: Phase): (number | null)[] | null {
  const rows =
    side === DENSE
      ? track.dense
      : track.cells
            .filter((cell) => cell.method === side && cell.target === target)
            .flatMap((cell) => cell.phases[phase] ?? []).length > 0
        ? track.cells
            .filter((cell) => cell.method === side && cell.target === target)
            .map((cell) => cell.phases[phase] ?? [])
        : [];
  if (rows.length === 0) return null;
  return ANSWERS.map((_, type) => {
    const values = rows.map((row) => row[type]).filter((value) => value !== null && value !== undefined);
    return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
  });
}

export function drawAnswerTypes(
  track: Track,
  sides: readonly [string, string],
  names: readonly [string, string],
  target: number,
  phase: Phase,
): string | null {
  const [left, right] = sides.map((side) => byAnswerType(track, side, target, phase));
  if (!left || !right) return null;
  const titles = ANSWERS.map((answers) => board.answers[answers]);
  const head = [englishPages.questions, ...names.map(heading), englishPages.difference].map((words, index) =>
    element("th", { scope: "col", class: ["pinned start", "named", "named"][index] ?? null }, escapeText(words)),
  );
  const body = titles.map((title, type) => {
    const [a, b] = [left[type] ?? null, right[type] ?? null];
    const cells = [a, b].map((value) => (value === null ? "–" : f.points(value)));
    const difference = a === null || b === null ? "–" : f.difference(a - b);
    return element(
      "tr",
      {},
      element("th", { scope: "row", class: "pinned" }, title),
      ...[...cells, difference].map((value) => element("td", {}, value)),
    );
  });
  return element(
    "table",
    { class: "table" },
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...body),
  );
}
