import type { BoardStrings } from "../i18n/strings.ts";

/** The strings of the page's own language; the other language is not loaded, nor the texts of other pages. */
export async function pageStrings(): Promise<BoardStrings> {
  if (document.documentElement.lang === "fa") {
    const { language, board } = await import("../i18n/fa.ts");
    return { language, board };
  }
  const { language, board } = await import("../i18n/en.ts");
  return { language, board };
}
