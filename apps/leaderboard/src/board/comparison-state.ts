import { DENSE } from "@ticketbench/results";
import { PHASES, type Board, type Phase, type Track } from "./board.ts";

/** What is compared, as the address of the page says it. */
export interface ComparisonState {
  readonly track: string;
  readonly phase: Phase;
  /** A variant's id, "dense", or the id of a result. */
  readonly a: string;
  readonly b: string;
  /** The sparsity looked at closely; null = the one that tells most. */
  readonly target: number | null;
}

/** Ids of the variants with results in a track, in the board's order, and the dense network where it has any. */
export function contestants(board: Board, track: Track): string[] {
  const present = new Set(track.cells.map((cell) => cell.method));
  const variants = board.methods.flatMap(({ id }) => (present.has(id) ? [id] : []));
  return track.denseIds.length > 0 ? [...variants, DENSE] : variants;
}

const RESULT_ID = /^[0-9a-f]{16,64}$/;

export function isResultId(side: string): boolean {
  return RESULT_ID.test(side);
}

/** Reads the address; what it does not say, or says wrongly, is filled with the first contestants of the track. */
export function readComparison(query: URLSearchParams, board: Board): ComparisonState | null {
  const track = board.tracks.find(({ id }) => id === query.get("track")) ?? board.tracks[0];
  if (!track) return null;
  const known = contestants(board, track);
  const valid = (side: string | null): side is string => side !== null && (known.includes(side) || isResultId(side));
  const asked = [query.get("a"), query.get("b")];
  const a = valid(asked[0] ?? null) ? (asked[0] ?? "") : (known.find((id) => id !== asked[1]) ?? "");
  const b = valid(asked[1] ?? null) ? (asked[1] ?? "") : (known.find((id) => id !== a) ?? "");
  const target = Number(query.get("at") ?? NaN);
  return {
    track: track.id,
    phase: PHASES.find((phase) => phase === query.get("phase")) ?? "retrained",
    a,
    b,
    target: Number.isFinite(target) ? target : null,
  };
}

export function writeComparison(state: ComparisonState, board: Board): string {
  const query = new URLSearchParams();
  if (state.track !== board.tracks[0]?.id) query.set("track", state.track);
  query.set("a", state.a);
  query.set("b", state.b);
  if (state.phase !== "retrained") query.set("phase", state.phase);
  if (state.target !== null) query.set("at", String(state.target));
  return `?${query.toString()}`;
}
