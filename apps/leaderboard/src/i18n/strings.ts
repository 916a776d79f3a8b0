import { en, type Strings } from "./en.ts";
import { fa } from "./fa.ts";
import type { Language } from "./format.ts";

const STRINGS: Record<Language, Strings> = { en, fa };

export function stringsFor(language: Language): Strings {
  return STRINGS[language];
}
