import type { Side } from "@ticketbench/results";
import { drawDisagreements } from "../board/disagreement-table.ts";
import type { QuestionFile } from "../board/questions.ts";
import { path } from "../site/paths.ts";
import { load, part } from "./part.ts";

/** The questions of a track; null where they are not published. */
async function questionsOf(track: string): Promise<QuestionFile | null> {
  const published = part("comparison").dataset["questions"]?.split(" ").includes(track) ?? false;
  return published ? load<QuestionFile>(path(`/data/v1/questions/${track}.json`)) : null;
}

/** Lists where two sides disagree, for a reader who opens the list: only then are the questions loaded. */
export function showDisagreements(track: string, [a, b]: readonly [Side, Side], target: number): void {
  const details = part<HTMLDetailsElement>("disagreements");
  const draw = async (): Promise<void> => {
    if (!details.open) return;
    const card = await questionsOf(track);
    // Another comparison may have been asked for meanwhile.
    if (details.ontoggle === draw) part("disagreement-table").innerHTML = drawDisagreements(a, b, target, card);
  };
  details.ontoggle = draw;
  void draw();
}
