import { colourClass, markerPath } from "../charts/marker.ts";
import { element, escapeText } from "../charts/svg.ts";
import { formatFor, type Format } from "../i18n/format.ts";
import type { BoardStrings } from "../i18n/strings.ts";
import { groupAddress, methodOf, path } from "../site/paths.ts";
import { rankKey, type BoardMethod } from "./board.ts";
import type { Group, View } from "./view.ts";

/** A method's marker in its colour, to stand before its name. */
export function keyOf(style: number): string {
  const marker = element("path", { d: markerPath(style, 62) });
  return element("svg", { class: `key ${colourClass(style)}`, viewBox: "-6 -6 12 12", "aria-hidden": "true" }, marker);
}

/** A method's title, isolated: strangers' titles may hold marks that turn the text around. */
export function titleOf(method: BoardMethod): string {
  return element("bdi", {}, escapeText(method.title));
}

/** A rank, marked where methods share it, in view or not. */
export function wordsOfRank(group: Group | undefined, view: View, f: Format): string {
  if (!group || group.rank === null) return "–";
  const ranks = view.track.judgements.ranks[rankKey(view.state.phase, group.target)] ?? {};
  const sharing = Object.values(ranks).filter((rank) => rank === group.rank);
  return sharing.length > 1 ? `${f.integer(group.rank)}=` : f.integer(group.rank);
}

function head(view: View, t: BoardStrings, f: Format): string {
  const columns = view.targets.map((target) => {
    const totals = view.groups.filter((group) => group.target === target).map((group) => f.share(group.total));
    const [first = "", ...rest] = [...new Set(totals)].sort();
    const whole = rest.length === 0 ? first : `${first}–${rest.at(-1) ?? ""}`;
    const button = element("button", { type: "button", "data-sort": String(target) }, escapeText(f.share(target)));
    const sorted = target === view.sort ? "descending" : null;
    return element("th", { scope: "col", "aria-sort": sorted }, button, element("small", {}, escapeText(whole)));
  });
  return element(
    "tr",
    {},
    element(
      "th",
      { scope: "col", class: "pinned start" },
      escapeText(t.board.method),
      element("small", {}, escapeText(t.board.sparsities)),
    ),
    element("th", { scope: "col" }, escapeText(t.board.rank)),
    ...columns,
  );
}

function cell(group: Group | undefined, view: View, best: boolean, t: BoardStrings, f: Format): string {
  if (!group) return element("td", {}, element("span", { class: "soft" }, "–"));
  const { mean, interval, n } = group.accuracy;
  const half = interval ? ` ±${f.points((interval.high - interval.low) / 2)}` : "";
  const link = element("a", { href: groupAddress(view.track.id, group.method.id, group.target) }, f.points(mean));
  return element(
    "td",
    { class: best ? "best" : null },
    link,
    element("small", {}, escapeText(`${half} ${t.board.seeds(n)}`.trim())),
  );
}

/** Rows in the order of the chosen sparsity, best first; methods without a result there come last. */
function ordered(view: View): BoardMethod[] {
  const at = new Map(
    view.groups.filter((group) => group.target === view.sort).map((group) => [group.method.id, group.accuracy.mean]),
  );
  return [...view.methods].sort((a, b) => (at.get(b.id) ?? -1) - (at.get(a.id) ?? -1) || a.style - b.style);
}

function denseRow(view: View, t: BoardStrings, f: Format): string {
  if (!view.dense) return "";
  const { mean, n } = view.dense;
  const name = element("th", { scope: "row", class: "pinned" }, escapeText(t.board.dense));
  const seeds = element("small", {}, escapeText(t.board.seeds(n)));
  const value = element("td", { class: "start", colspan: String(view.targets.length + 1) }, f.points(mean), seeds);
  return element("tr", { class: "dense" }, name, value);
}

/** What one result of a method costs to make: the mean over its results in view. */
function costOf(view: View, method: BoardMethod, t: BoardStrings, f: Format): string {
  const seconds = view.groups
    .filter((group) => group.method.id === method.id)
    .flatMap((group) => group.cells.map((cell) => cell.cost));
  if (seconds.length === 0) return "";
  const mean = seconds.reduce((sum, value) => sum + value, 0) / seconds.length;
  return element("small", {}, escapeText(t.board.costEach(f.seconds(mean))));
}

/** The chart's twin: the same view as an HTML table. */
export function drawBoardTable(view: View, t: BoardStrings): string {
  const f = formatFor(t.language);
  const best = new Map(
    view.targets.map((target) => {
      const means = view.groups
        .filter((group) => group.target === target && !group.method.asCoded)
        .map((group) => group.accuracy.mean);
      return [target, Math.max(...means)];
    }),
  );
  const find = (method: BoardMethod, target: number | null): Group | undefined =>
    view.groups.find((group) => group.method.id === method.id && group.target === target);
  const rows = ordered(view).map((method) => {
    const link = element("a", { href: path(`/methods/${methodOf(method.id)}/`) }, titleOf(method));
    const who = element("span", { class: "who" }, keyOf(method.style), link);
    const cells = view.targets.map((target) => {
      const group = find(method, target);
      return cell(group, view, group !== undefined && group.accuracy.mean === best.get(target), t, f);
    });
    const rank = element("td", {}, wordsOfRank(find(method, view.sort), view, f));
    return element(
      "tr",
      {},
      element("th", { scope: "row", class: "pinned name" }, who, costOf(view, method, t, f)),
      rank,
      ...cells,
    );
  });
  const caption = element(
    "caption",
    { class: "visually-hidden" },
    escapeText(t.board.caption(view.track.dataset, view.track.split)),
  );
  return element(
    "table",
    { class: "table" },
    caption,
    element("thead", {}, head(view, t, f)),
    element("tbody", {}, ...rows, denseRow(view, t, f)),
  );
}
