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

function sortBy(table: HTMLTableElement, header: HTMLTableCellElement): void {
  const direction = header.getAttribute("aria-sort") === "descending" ? "ascending" : "descending";
  for (const other of table.tHead?.rows[0]?.cells ?? []) other.removeAttribute("aria-sort");
  header.setAttribute("aria-sort", direction);
  const sign = direction === "ascending" ? 1 : -1;
  const body = table.tBodies[0];
  const rows = [...(body?.rows ?? [])];
  rows.sort((a, b) => sign * compare(valueOf(a, header.cellIndex), valueOf(b, header.cellIndex)));
  body?.replaceChildren(...rows);
}

/** Makes the headings of a table buttons that order its rows. */
for (const table of document.querySelectorAll<HTMLTableElement>("table[data-sortable]")) {
  for (const header of table.tHead?.rows[0]?.cells ?? []) {
    const button = document.createElement("button");
    button.type = "button";
    const note = header.querySelector("small");
    button.append(...[...header.childNodes].filter((node) => node !== note));
    header.prepend(button);
    button.addEventListener("click", () => {
      sortBy(table, header);
    });
  }
}
