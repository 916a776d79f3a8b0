import type { Side } from "@ticketbench/results";
import { element, escapeText } from "../charts/svg.ts";
import { englishPages } from "../i18n/en.ts";
import { formatFor } from "../i18n/format.ts";
import { disagreements, type Disagreement } from "./comparison.ts";
import type { QuestionFile } from "./questions.ts";

const f = formatFor("en");
/** Questions shown of each side. */
const MOST = 8;

function rowOf({ question, rightA, rightB, n }: Disagreement, card: QuestionFile | null): string {
  const words = card?.questions?.[question] ?? englishPages.question(question + 1);
  const said = Object.entries(card?.given?.[question] ?? {}).sort(([, a], [, b]) => b - a)[0];
  const right = (seeds: number): string => `${f.integer(seeds)} of ${f.integer(n)}`;
  const cells = [card?.types[question] ?? "–", said ? `${said[0]} (${f.integer(said[1])})` : "–"].map((value) =>
    element("td", { class: "start" }, element("bdi", {}, escapeText(value))),
  );
  return element(
    "tr",
    {},
    element("th", { scope: "row", class: "pinned name" }, element("bdi", { class: "clamp" }, escapeText(words))),
    ...cells,
    element("td", {}, right(rightA)),
    element("td", {}, right(rightB)),
  );
}

/** The questions on which two sides disagree most at one sparsity: those one knows, then those the other knows. */
export function drawDisagreements(a: Side, b: Side, target: number, card: QuestionFile | null): string {
  const all = disagreements(a, b, target);
  const shown = [
    ...all.filter(({ rightA, rightB }) => rightA > rightB).slice(0, MOST),
    ...all.filter(({ rightA, rightB }) => rightB > rightA).slice(0, MOST),
  ];
  const heads = ["Question", englishPages.type, "Most people said", `Right by ${a.name}`, `Right by ${b.name}`];
  const head = heads.map((words, index) =>
    element(
      "th",
      { scope: "col", class: ["pinned start", "start", "start"][index] ?? "named" },
      element("bdi", { class: "clamp" }, escapeText(words)),
    ),
  );
  const caption = `${f.integer(shown.length)} of the ${f.integer(all.length)} questions on which they disagree; right in how many of the shared seeds`;
  return element(
    "table",
    { class: "table" },
    element("caption", { class: "soft small" }, escapeText(caption)),
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...shown.map((row) => rowOf(row, card))),
  );
}
