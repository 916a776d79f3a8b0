import { describe, expect, test } from "vitest";
import * as en from "./en.ts";
import * as fa from "./fa.ts";
import { formatFor } from "./format.ts";

/** Stands for a value or for code in a text. */
const GAP = "◌";

type Section = Readonly<Record<string, unknown>>;

/** Every text of a language by its place; of a function, the words it is made of. */
function textsOf(value: unknown, place: string): [place: string, text: string][] {
  if (typeof value === "string") return [[place, value]];
  if (typeof value === "function") {
    const literals = String(value).matchAll(/"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`/gu);
    return [...literals].map(([, plain, template]) => [
      place,
      (plain ?? template ?? "").replace(/\$\{[^}]*\}?/gu, GAP),
    ]);
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => textsOf(inner, `${place}.${name}`));
}

const { englishPages, ...english } = en;
const persian = textsOf(fa, "fa").filter(([place]) => !/\.(?:id|command|language|direction)$/u.test(place));

/** The texts that hold what a pattern finds, code and characters of direction left out. */
function offending(pattern: RegExp): string[] {
  return persian.flatMap(([place, text]) => {
    const words = text.replace(/`[^`]*`/gu, GAP).replace(/[\u2066-\u2069]|\\u206[6-9]/gu, "");
    const found = pattern.exec(words);
    return found ? [`${place}: ${found[0]}`] : [];
  });
}

describe("the Persian strings", () => {
  test("are there", () => {
    expect(persian.length).toBeGreaterThan(150);
  });

  test("hold no Latin words but names and symbols", () => {
    const names = "TicketBench|LXMERT|VQA|v2|minival|test-dev|MIT|[npt]ⁿ?";
    expect(offending(new RegExp(`(?!(?:${names})(?![A-Za-z-]))(?<![A-Za-z0-9-])[A-Za-z][A-Za-z-]*`, "u"))).toEqual([]);
  });

  test("are written with Persian digits, letters and punctuation", () => {
    for (const pattern of [/(?<!v)[0-9]/u, /[يكىة٤٥٦]/u, /[,;?"%]/u]) expect(offending(pattern)).toEqual([]);
  });

  test("join with a half-space what belongs to one word", () => {
    expect(offending(/(?<![آ-ی])(?:ن?می) (?=[آ-ی])| (?:ها|های|هایی|هایش|تر|ترین|ام|اند)(?![آ-ی\u200c])/u)).toEqual([]);
    expect(offending(/\u200c(?:[\s.،؛:»)]|$)|[\s(«]\u200c|\u200c\u200c/u)).toEqual([]);
    expect(offending(/ {2}|\s[،؛؟.:](?:\s|$)|[،؛؟](?=[^\s»)])/u)).toEqual([]);
  });
});

test("both languages have the same links and code in their sentences", () => {
  const marks = (section: Section): [string, number][] =>
    textsOf(section, "")
      .map(([place, text]): [string, number] => [place, text.split(/\[[^\]]+\]|`[^`]+`/u).length - 1])
      .filter(([, count]) => count > 0);
  for (const section of ["about", "contribute", "audit"] as const)
    expect(marks(fa[section])).toEqual(marks(english[section]));
  expect(marks(englishPages)).toEqual([]);
});

test("Persian numbers stand in a sentence without turning its words around", () => {
  const f = formatFor("fa");
  expect(f.difference(-0.012)).toBe("\u2066−۱٫۲\u2069");
  expect(f.difference(0.394)).toBe("\u2066+۳۹٫۴\u2069");
  expect(f.range(0.7027, 0.72)).toBe("۷۰٫۳ تا ۷۲٫۰");
  expect(f.operations(3.456e9)).toBe("۳٫۴۶\u00a0میلیارد");
});
