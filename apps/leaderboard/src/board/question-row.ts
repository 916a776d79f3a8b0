import { drawScene } from "../charts/scene.ts";
import { element, escapeText } from "../charts/svg.ts";
import { board, englishPages } from "../i18n/en.ts";
import { formatFor } from "../i18n/format.ts";
import type { GivenAnswer, QuestionRow } from "./questions.ts";

const f = formatFor("en");

function drawAnswer({ target, answer, tenths }: GivenAnswer): string {
  const where = target === 0 ? board.dense : f.share(target);
  const right = tenths >= 5;
  const words = element("small", {}, escapeText(`${where} `)) + element("bdi", {}, escapeText(answer));
  const sign = element("small", {}, right ? " ✓" : " ✗");
  const said = element("span", { class: "visually-hidden" }, right ? "right" : "wrong");
  return element("li", { class: right ? "right" : "wrong" }, words, sign, said);
}

/** A question with its picture where there is one, what people said, and what the network says as it is pruned. */
export function drawQuestion(row: QuestionRow): string {
  const said = row.said.map(([answer, people]) => `${answer}\u00a0(${f.integer(people)})`).join(", ");
  const about = [row.type, row.image ?? "", said === "" ? "" : `people said: ${said}`].filter((words) => words !== "");
  const words = element(
    "div",
    {},
    element("h2", {}, element("bdi", {}, escapeText(row.text ?? englishPages.question(row.index + 1)))),
    element("p", { class: "soft small" }, escapeText(about.join(" · "))),
    element("ul", { class: "answers" }, ...row.answers.map(drawAnswer)),
  );
  const scene = row.scene === null ? "" : drawScene(row.scene, `scene-${String(row.index)}`);
  return element("li", { class: row.scene === null ? null : "with-scene" }, scene, words);
}
