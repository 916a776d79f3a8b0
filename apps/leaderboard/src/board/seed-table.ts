import { element, escapeText } from "../charts/svg.ts";
import { formatFor, type Format } from "../i18n/format.ts";
import type { BoardStrings } from "../i18n/strings.ts";
import { path } from "../site/paths.ts";
import { keyOf, titleOf, wordsOfRank } from "./board-table.ts";
import { ANSWERS } from "./board.ts";
import type { Group, View } from "./view.ts";

function head(t: BoardStrings): string {
  const heading = (words: string, className: string | null = null): string =>
    element("th", { scope: "col", class: className }, escapeText(words));
  const { method, seedTable } = t.board;
  const numbers = [seedTable.asked, seedTable.prunable, seedTable.total, seedTable.seed];
  const rest = [seedTable.accuracy, t.board.rank, seedTable.cost];
  return element("tr", {}, heading(method, "pinned start"), ...[...numbers, ...rest].map((words) => heading(words)));
}

function rowsOf(group: Group, view: View, f: Format): string[] {
  const { method, target, cells } = group;
  const type = ANSWERS.indexOf(view.state.answers);
  const who = element("span", { class: "who" }, keyOf(method.style), titleOf(method));
  const rank = wordsOfRank(group, view, f);
  const inOrder = [...cells].sort((a, b) => a.seed - b.seed);
  return inOrder.map((cell) => {
    const accuracy = cell.phases[view.state.phase]?.[type];
    const link = element("a", { href: path(`/cells/${cell.id}/`) }, f.integer(cell.seed));
    const words = [f.share(target), f.share(cell.prunable), f.share(cell.total)].map(escapeText);
    const reached = accuracy === null || accuracy === undefined ? "–" : f.points(accuracy);
    const values = [...words, link, reached, rank, escapeText(f.seconds(cell.cost))];
    return element(
      "tr",
      {},
      element("th", { scope: "row", class: "pinned name" }, who),
      ...values.map((value) => element("td", {}, value)),
    );
  });
}

/** What the chart's means are made of: one row a method, sparsity and seed, with what its making cost. */
export function drawSeedTable(view: View, t: BoardStrings): string {
  const f = formatFor(t.language);
  return element(
    "table",
    { class: "table" },
    element("caption", { class: "visually-hidden" }, escapeText(t.board.seedTable.title)),
    element("thead", {}, head(t)),
    element("tbody", {}, ...view.groups.flatMap((group) => rowsOf(group, view, f))),
  );
}
