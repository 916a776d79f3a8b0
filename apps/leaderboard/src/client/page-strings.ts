import type { Strings } from "../i18n/en.ts";

/** The strings of the page's own language; the other language is not loaded. */
export async function pageStrings(): Promise<Strings> {
  if (document.documentElement.lang === "fa") return (await import("../i18n/fa.ts")).fa;
  return (await import("../i18n/en.ts")).en;
}
