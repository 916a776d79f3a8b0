import { DENSE, scoreFileOf, type DoneResult, type ScoreFile } from "@ticketbench/results";
import { PHASES } from "../board/board.ts";
import { loadBoard } from "./load-board.ts";
import { loadResults } from "./load-results.ts";

interface Entry {
  readonly track: string;
  readonly variant: string;
  readonly phase: string;
  readonly file: ScoreFile;
}

/** One file a track, variant and phase, and one for the dense networks of each track. */
export async function scoreFiles(): Promise<Entry[]> {
  const board = await loadBoard();
  const stored = new Map((await loadResults()).map((result) => [result.id, result]));
  const done = (ids: readonly string[]): DoneResult[] =>
    ids.flatMap((id) => {
      const result = stored.get(id);
      return result?.status === "done" ? [result] : [];
    });
  return board.tracks.flatMap((track) => {
    const dense = scoreFileOf(done(track.denseIds), DENSE);
    const variants = [...new Set(track.cells.map((cell) => cell.method))];
    const tickets = variants.flatMap((variant) => {
      const results = done(track.cells.filter((cell) => cell.method === variant).map((cell) => cell.id));
      return PHASES.flatMap((phase) => {
        const file = scoreFileOf(results, phase);
        return file ? [{ track: track.id, variant, phase, file }] : [];
      });
    });
    return dense ? [{ track: track.id, variant: DENSE, phase: DENSE, file: dense }, ...tickets] : tickets;
  });
}
