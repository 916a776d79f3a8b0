import { delimiter } from "node:path";
import { answerTypesOf, cardFits, type DatasetCard, type DoneResult } from "@ticketbench/results";
import { readDatasetCards } from "@ticketbench/results/node";
import type { Track } from "../board/board.ts";
import type { AnswerFile, AnswerRun, QuestionFile } from "../board/questions.ts";
import { loadBoard } from "./load-board.ts";
import { loadResults } from "./load-results.ts";

/** A track whose questions and answers are published, and the methods that answered them. */
export interface QuestionTrack {
  readonly track: Track;
  readonly card: DatasetCard;
  readonly answers: readonly { readonly variant: string; readonly title: string; readonly file: AnswerFile }[];
}

/** What the page of questions needs of a card. */
export function questionFile(card: DatasetCard): QuestionFile {
  const { answers, questions, images, given, scenes } = card;
  return { answers, questions, images, given, types: answerTypesOf(card), ...(scenes ? { scenes } : {}) };
}

async function loadCards(): Promise<DatasetCard[]> {
  const folders = (process.env["TICKETBENCH_RESULTS"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return (await Promise.all(folders.map(readDatasetCards))).flat();
}

function runOf(result: DoneResult, phase: "dense" | "retrained"): AnswerRun[] {
  const found = result.phases[phase];
  return found?.predictions ? [{ target: result.target, predictions: found.predictions, scores: found.scores }] : [];
}

/** The answers of the first seed that the method shares with a dense network. */
function answersOf(tickets: readonly DoneResult[], dense: readonly DoneResult[]): AnswerFile | null {
  for (const network of [...dense].sort((a, b) => a.seed - b.seed)) {
    const runs = tickets.filter(({ seed }) => seed === network.seed).flatMap((ticket) => runOf(ticket, "retrained"));
    const before = runOf(network, "dense");
    if (runs.length > 0 && before.length > 0) return { seed: network.seed, runs: [...before, ...runs] };
  }
  return null;
}

/** Every track with a dataset card and stored answers. */
export async function questionTracks(): Promise<QuestionTrack[]> {
  const [board, cards, results] = await Promise.all([loadBoard(), loadCards(), loadResults()]);
  const stored = new Map(results.map((result) => [result.id, result]));
  const done = (ids: readonly string[]): DoneResult[] =>
    ids.flatMap((id) => {
      const result = stored.get(id);
      return result?.status === "done" ? [result] : [];
    });
  return board.tracks.flatMap((track) => {
    const dense = done(track.denseIds);
    const card = cards.find((candidate) => dense[0] && cardFits(candidate, dense[0]));
    if (!card) return [];
    const answers = board.methods.flatMap(({ id, title }) => {
      const ids = track.cells.filter((cell) => cell.method === id).map((cell) => cell.id);
      const file = answersOf(done(ids), dense);
      return file ? [{ variant: id, title, file }] : [];
    });
    return answers.length > 0 ? [{ track, card, answers }] : [];
  });
}
