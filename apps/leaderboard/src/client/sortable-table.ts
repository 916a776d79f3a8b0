import { makeHeadingButtons, markOrder, type Direction } from "./heading-buttons.ts";

/** The value a cell sorts by: its `data-value` where there is one, else its words. */
function valueOf(row: HTMLTableRowElement, column: number): string | number {
  const cell = row.cells[column];
  const value = cell?.dataset["value"] ?? cell?.textContent.trim() ?? "";
  return value !== "" && Number.isFinite(Number(value)) ? Number(value) : value;
}

function compare(a: string | number, b: string | number): number {
  return typeof a === "number" && typeof b === "number"
    ? a - b
    : String(a).localeCompare(String(b), undefined, { numeric: true });
}

function sortBy(table: HTMLTableElement, header: HTMLTableCellElement, direction: Direction): void {
  markOrder(table, header, direction);
  const sign = direction === "ascending" ? 1 : -1;
  const body = table.tBodies[0];
  const rows = [...(body?.rows ?? [])];
  rows.sort((a, b) => sign * compare(valueOf(a, header.cellIndex), valueOf(b, header.cellIndex)));
  body?.replaceChildren(...rows);
}

/** A table whose rows are all on the page is ordered there. */
for (const table of document.querySelectorAll<HTMLTableElement>("table[data-sortable]"))
  makeHeadingButtons(table, (header, direction) => {
    sortBy(table, header, direction);
  });
