import { viewAsBibtex, viewAsCsv, viewAsJson, viewAsLatex, viewAsMarkdown } from "../board/export.ts";
import type { View } from "../board/view.ts";

function download(name: string, type: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** Text of each button that copies. */
const COPIES: Record<string, (view: View) => string> = {
  markdown: viewAsMarkdown,
  latex: viewAsLatex,
  bibtex: () => viewAsBibtex(location.href, new Date().getFullYear()),
  link: () => location.href,
};

async function copy(button: HTMLElement, text: string, copied: string): Promise<void> {
  const words = button.textContent;
  await navigator.clipboard.writeText(text);
  button.textContent = copied;
  setTimeout(() => {
    button.textContent = words;
  }, 1500);
}

/** Makes the buttons of a part give what is in view: as a file, or on the clipboard. */
export function offer(home: HTMLElement, view: () => View, copied: string): void {
  home.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-take]") : null;
    const kind = button?.dataset["take"] ?? "";
    if (kind === "csv") download("ticketbench.csv", "text/csv", viewAsCsv(view()));
    if (kind === "json") download("ticketbench.json", "application/json", viewAsJson(view(), location.href));
    const text = COPIES[kind]?.(view());
    if (button && text !== undefined) void copy(button, text, copied);
  });
}
