import type { DoneResult } from "@ticketbench/results";
import type { Board } from "../board/board.ts";
import { boardOf } from "../board/from-results.ts";
import { loadResults } from "./load-results.ts";

let board: Promise<Board> | undefined;

/** The board of all results this site is built from, with the method named in TICKETBENCH_PREVIEW as a preview; once a build. */
export function loadBoard(): Promise<Board> {
  board ??= loadResults().then((results) => boardOf(results, process.env["TICKETBENCH_PREVIEW"]));
  return board;
}

/** The results of the track that opens the board: one dataset, one recipe, each variant, sparsity and seed once. */
export async function fullestTrack(): Promise<DoneResult[]> {
  const [track] = (await loadBoard()).tracks;
  const ids = new Set([...(track?.denseIds ?? []), ...(track?.cells ?? []).map(({ id }) => id)]);
  return (await loadResults()).flatMap((result) => (result.status === "done" && ids.has(result.id) ? [result] : []));
}
