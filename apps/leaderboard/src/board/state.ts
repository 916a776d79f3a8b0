import { ANSWERS, PHASES, TIERS, type Answers, type Board, type Phase, type Tier } from "./board.ts";

export const AXES = ["prunable", "total", "flops", "bytes", "latency"] as const;
export type Axis = (typeof AXES)[number];

/** All a reader can choose on the leaderboard. The address holds it, so a link shows the same picture. */
export interface ViewState {
  readonly track: string;
  readonly phase: Phase;
  readonly answers: Answers;
  readonly axis: Axis;
  /** Method ids in view; null = the board's own choice. */
  readonly methods: readonly string[] | null;
  /** Part of the axis in view, in its unit; null = all of it. */
  readonly range: readonly [from: number, to: number] | null;
  readonly front: boolean;
  readonly tier: Tier;
  /** Sparsity whose column orders the table; null = the board's own choice. */
  readonly sort: number | null;
}

export function defaultState(board: Board): ViewState {
  return {
    track: board.tracks[0]?.id ?? "",
    phase: "retrained",
    answers: "all",
    axis: "prunable",
    methods: null,
    range: null,
    front: false,
    tier: "self-reported",
    sort: null,
  };
}

function oneOf<T extends string>(choices: readonly T[], value: string | null, fallback: T): T {
  return choices.find((choice) => choice === value) ?? fallback;
}

/** "0.5..0.9" as the two ends, the smaller first; null for anything else. */
function readRange(words: string | null): ViewState["range"] {
  const ends = (words ?? "").split("..").map((end) => (end.trim() === "" ? NaN : Number(end)));
  const [from = NaN, to = NaN] = ends;
  return ends.length === 2 && Number.isFinite(from) && Number.isFinite(to) && from < to ? [from, to] : null;
}

/** Reads the address; what it does not say, or says wrongly, takes its default. */
export function readState(query: URLSearchParams, board: Board): ViewState {
  const start = defaultState(board);
  const known = new Set(board.methods.map((method) => method.id));
  const methods = query.get("methods");
  const sort = Number(query.get("sort") ?? NaN);
  return {
    track: oneOf(
      board.tracks.map((track) => track.id),
      query.get("track"),
      start.track,
    ),
    phase: oneOf(PHASES, query.get("phase"), start.phase),
    answers: oneOf(ANSWERS, query.get("answers"), start.answers),
    axis: oneOf(AXES, query.get("x"), start.axis),
    methods: methods === null ? null : methods.split(",").filter((id) => known.has(id)),
    range: readRange(query.get("range")),
    front: query.get("front") === "1",
    tier: oneOf(TIERS, query.get("tier"), start.tier),
    sort: Number.isFinite(sort) ? sort : null,
  };
}

/** The query string of a state, with only what differs from the default: the plain address stays plain. */
export function writeState(state: ViewState, board: Board): string {
  const start = defaultState(board);
  const query = new URLSearchParams();
  if (state.track !== start.track) query.set("track", state.track);
  if (state.phase !== start.phase) query.set("phase", state.phase);
  if (state.answers !== start.answers) query.set("answers", state.answers);
  if (state.axis !== start.axis) query.set("x", state.axis);
  if (state.methods) query.set("methods", state.methods.join(","));
  if (state.range) query.set("range", state.range.join(".."));
  if (state.front) query.set("front", "1");
  if (state.tier !== start.tier) query.set("tier", state.tier);
  if (state.sort !== null) query.set("sort", String(state.sort));
  const written = query.toString().replaceAll("%2C", ",");
  return written === "" ? "" : `?${written}`;
}
