import type { Board } from "../board/board.ts";
import { boardOf } from "../board/from-results.ts";
import { loadResults } from "./load-results.ts";

let board: Promise<Board> | undefined;

/** The board of all results this site is built from; made once a build. */
export function loadBoard(): Promise<Board> {
  board ??= loadResults().then(boardOf);
  return board;
}
