import * as en from "./en.ts";
import * as fa from "./fa.ts";
import type { Language } from "./format.ts";

/** The sections of a language's file, but for what only pages in English need. */
export type Strings = Omit<typeof en, "englishPages">;
export type Audit = Strings["audit"];
/** What a page's script loads: the words of the board, none of the long texts. */
export type BoardStrings = Pick<Strings, "language" | "board">;

const STRINGS: Record<Language, Strings> = { en, fa };

export function stringsFor(language: Language): Strings {
  return STRINGS[language];
}
