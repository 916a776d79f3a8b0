import { element, escapeText } from "../charts/svg.ts";
import { board, englishPages } from "../i18n/en.ts";
import { formatFor } from "../i18n/format.ts";
import { path } from "../site/paths.ts";

/** One line of the list of results: what a reader looks for a result by. */
export interface CellRow {
  readonly id: string;
  /** Title of the method's variant; "dense" for the networks that tickets are cut from. */
  readonly method: string;
  readonly target: number;
  readonly prunable: number | null;
  readonly total: number | null;
  readonly seed: number;
  /** Accuracy over all questions after each phase; null where there is none. */
  readonly dense: number | null;
  readonly pruned: number | null;
  readonly rewound: number | null;
  readonly retrained: number | null;
  /** Seconds. */
  readonly cost: number | null;
  readonly study: string;
  /** How far it can be trusted, or why it failed. */
  readonly status: string;
  readonly failed: boolean;
}

const KEYS = [
  "id",
  "method",
  "target",
  "prunable",
  "seed",
  "dense",
  "pruned",
  "rewound",
  "retrained",
  "cost",
  "study",
  "status",
] as const satisfies readonly (keyof CellRow)[];
export type CellKey = (typeof KEYS)[number];

/** Columns of the list, in order; words under a heading say of what its numbers are. */
export const CELL_COLUMNS: readonly { readonly key: CellKey; readonly heading: string; readonly note?: string }[] = [
  { key: "id", heading: "Result" },
  { key: "method", heading: board.method },
  { key: "target", heading: englishPages.asked, note: englishPages.ofPrunable },
  { key: "prunable", heading: englishPages.measured, note: englishPages.prunableAndAll },
  { key: "seed", heading: board.seedTable.seed },
  { key: "dense", heading: "Dense" },
  { key: "pruned", heading: englishPages.phases.pruned },
  { key: "rewound", heading: englishPages.phases.rewound },
  { key: "retrained", heading: englishPages.phases.retrained },
  { key: "cost", heading: board.seedTable.cost },
  { key: "study", heading: "Study" },
  { key: "status", heading: "Status" },
];

export const CELLS_A_PAGE = 100;

/** How the whole list is ordered, and which page of it is looked at; the address holds it. */
export interface CellOrder {
  readonly by: CellKey;
  readonly up: boolean;
  readonly page: number;
}

/** Reads the address; null where it asks for no order. */
export function readOrder(query: URLSearchParams): CellOrder | null {
  const by = KEYS.find((key) => key === query.get("by"));
  const page = Math.max(1, Math.floor(Number(query.get("page") ?? 1)) || 1);
  return by === undefined ? null : { by, up: query.get("up") === "1", page };
}

export function writeOrder({ by, up, page }: CellOrder): string {
  return `?by=${by}${up ? "&up=1" : ""}${page > 1 ? `&page=${String(page)}` : ""}`;
}

/** The rows in an order; those without the value come last either way, equal ones stay as they were. */
export function orderCells(rows: readonly CellRow[], { by, up }: CellOrder): CellRow[] {
  const sign = up ? 1 : -1;
  const words = new Intl.Collator("en", { numeric: true });
  return [...rows].sort((one, other) => {
    const [a, b] = [one[by], other[by]];
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    return sign * (typeof a === "number" && typeof b === "number" ? a - b : words.compare(String(a), String(b)));
  });
}

const f = formatFor("en");

function number(value: number | null, format: (value: number) => string): string {
  return element("td", { "data-value": String(value ?? -1) }, value === null ? "–" : escapeText(format(value)));
}

function drawRow(row: CellRow): string {
  const { id, method, target, prunable, total, seed, cost, study, status, failed } = row;
  const link = element("a", { href: path(`/cells/${id}/`) }, element("code", {}, id.slice(0, 8)));
  const both = (share: number): string => `${f.share(share)} / ${f.share(total ?? 0)}`;
  return element(
    "tr",
    {},
    element("th", { scope: "row", class: "pinned", "data-value": id }, link),
    element("td", { class: "start title" }, element("bdi", { class: "clamp" }, escapeText(method))),
    number(target, f.share),
    number(prunable, both),
    number(seed, String),
    ...[row.dense, row.pruned, row.rewound, row.retrained].map((accuracy) => number(accuracy, f.points)),
    number(cost, f.seconds),
    element("td", { class: "start" }, escapeText(study)),
    element("td", { class: "start" }, element("span", { class: failed ? "tag bad" : "tag" }, escapeText(status))),
  );
}

/** Rows as markup: the same at build time and in the page. */
export function drawCells(rows: readonly CellRow[]): string {
  return rows.map(drawRow).join("");
}

/** Links to the pages before and after one; nothing where it is the only one. */
export function drawPager(page: number, pages: number, address: (page: number) => string): string {
  if (pages < 2) return "";
  const link = (to: number, words: string, rel: string): string =>
    to < 1 || to > pages
      ? ""
      : element("a", { class: "button", rel, href: address(to), "data-page": String(to) }, words);
  const here = element("span", { class: "soft" }, englishPages.pageOf(page, pages));
  return link(page - 1, englishPages.previous, "prev") + here + link(page + 1, englishPages.next, "next");
}
