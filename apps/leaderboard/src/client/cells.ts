import {
  CELL_COLUMNS,
  CELLS_A_PAGE,
  drawCells,
  drawPager,
  orderCells,
  readOrder,
  writeOrder,
  type CellOrder,
  type CellRow,
} from "../board/cell-table.ts";
import { formatFor } from "../i18n/format.ts";
import { path } from "../site/paths.ts";
import { makeHeadingButtons, markOrder } from "./heading-buttons.ts";
import { load, part } from "./part.ts";
import { showSorted } from "./sorted-column.ts";

const f = formatFor("en");

/** The list of results in an order of the reader's, over all its pages. Unasked it stays as it was sent. */
class Cells {
  private readonly table: HTMLTableElement;
  private rows: Promise<readonly CellRow[]> | undefined;

  constructor(table: HTMLTableElement) {
    this.table = table;
    makeHeadingButtons(table, ({ cellIndex }, direction) => {
      const by = CELL_COLUMNS[cellIndex]?.key;
      if (by !== undefined) void this.go({ by, up: direction === "ascending", page: 1 });
    });
    part("pages").addEventListener("click", (event) => {
      const order = readOrder(new URLSearchParams(location.search));
      const link = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-page]") : null;
      if (order === null || link === null || event.metaKey || event.ctrlKey) return;
      event.preventDefault();
      void this.go({ ...order, page: Number(link.dataset["page"]) }).then(() => {
        part("cells").scrollIntoView();
      });
    });
    addEventListener("popstate", () => {
      const order = readOrder(new URLSearchParams(location.search));
      // The order it was sent in is not kept: it comes again.
      if (order === null) location.reload();
      else void this.show(order);
    });
    const asked = readOrder(new URLSearchParams(location.search));
    if (asked) void this.show(asked);
  }

  private async go(order: CellOrder): Promise<void> {
    if (await this.show(order)) history.pushState(null, "", path("/cells/") + writeOrder(order));
  }

  /** @returns whether there was something to show */
  private async show(order: CellOrder): Promise<boolean> {
    const home = part("cells");
    home.setAttribute("aria-busy", "true");
    this.rows ??= load<readonly CellRow[]>(path("/data/v1/results.json"));
    const rows = await this.rows.catch(() => null);
    home.setAttribute("aria-busy", "false");
    if (rows === null) {
      this.rows = undefined;
      part("order").textContent = "The list of all results did not load; these rows are as they were.";
      return false;
    }
    this.draw(rows, order);
    return true;
  }

  private draw(rows: readonly CellRow[], order: CellOrder): void {
    const pages = Math.ceil(rows.length / CELLS_A_PAGE);
    const page = Math.min(order.page, pages);
    const column = CELL_COLUMNS.findIndex(({ key }) => key === order.by);
    const [body] = this.table.tBodies;
    const shown = orderCells(rows, order).slice((page - 1) * CELLS_A_PAGE, page * CELLS_A_PAGE);
    if (body) body.innerHTML = drawCells(shown);
    const header = this.table.tHead?.rows[0]?.cells[column] ?? null;
    markOrder(this.table, header, order.up ? "ascending" : "descending");
    part("pages").innerHTML = drawPager(page, pages, (to) => path("/cells/") + writeOrder({ ...order, page: to }));
    const end = header?.classList.contains("start")
      ? order.up
        ? "A to Z"
        : "Z to A"
      : `the ${order.up ? "lowest" : "highest"} first`;
    part("order").textContent =
      `All ${f.integer(rows.length)} finished results by “${CELL_COLUMNS[column]?.heading ?? ""}”, ${end}.`;
    showSorted(part("cells"));
  }
}

const table = document.querySelector<HTMLTableElement>("#cells table");
if (table) new Cells(table);
