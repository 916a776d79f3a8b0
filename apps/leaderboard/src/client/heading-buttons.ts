export type Direction = "ascending" | "descending";

/** Makes the headings of a table buttons; words rise at the first press, numbers fall, and each further press turns. */
export function makeHeadingButtons(
  table: HTMLTableElement,
  press: (header: HTMLTableCellElement, direction: Direction) => void,
): void {
  for (const header of table.tHead?.rows[0]?.cells ?? []) {
    const button = document.createElement("button");
    button.type = "button";
    const note = header.querySelector("small");
    button.append(...[...header.childNodes].filter((node) => node !== note));
    header.prepend(button);
    button.addEventListener("click", () => {
      const now = header.getAttribute("aria-sort");
      const rises = now === null ? header.classList.contains("start") : now === "descending";
      press(header, rises ? "ascending" : "descending");
    });
  }
}

/** Says which heading orders the table, and which way; null where none does. */
export function markOrder(table: HTMLTableElement, header: HTMLTableCellElement | null, direction: Direction): void {
  for (const other of table.tHead?.rows[0]?.cells ?? []) other.removeAttribute("aria-sort");
  header?.setAttribute("aria-sort", direction);
}
