import {
  BASELINES,
  ANSWERS,
  rankKey,
  TIERS,
  type Accuracies,
  type Board,
  type BoardCell,
  type BoardMethod,
  type Limit,
  type Track,
} from "./board.ts";
import { summarize, type Summary } from "@ticketbench/results";
import type { Axis, ViewState } from "./state.ts";

/** The seeds of one method at one sparsity, taken together. */
export interface Group {
  readonly method: BoardMethod;
  readonly target: number;
  readonly prunable: number;
  readonly total: number;
  /** Where the group stands on the chosen axis; null when its results do not say. */
  readonly x: number | null;
  readonly accuracy: Summary;
  readonly cells: readonly BoardCell[];
  readonly rank: number | null;
  readonly onFront: boolean;
}

/** What one state shows of the board: everything the page draws, says and exports. */
export interface View {
  readonly state: ViewState;
  readonly track: Track;
  /** Every method with results in this track, and those of them in view. */
  readonly available: readonly BoardMethod[];
  readonly methods: readonly BoardMethod[];
  readonly targets: readonly number[];
  readonly groups: readonly Group[];
  readonly dense: Summary | null;
  readonly floor: number | null;
  /** What the tests say of how far each method in view can be pruned; empty for a part of the questions. */
  readonly limits: ReadonlyMap<string, Limit>;
  /** Cells of the track that the filters keep out of view. */
  readonly hidden: number;
  /** The sparsity that orders the table. */
  readonly sort: number | null;
}

/** More curves than this cannot be told apart: the board then begins with the best of them. */
const COMFORTABLE = 7;

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function position(cells: readonly BoardCell[], axis: Axis): number | null {
  const values = cells.map((cell) => cell[axis]).filter((value) => value !== null);
  return values.length === cells.length ? average(values) : null;
}

function accuraciesOf(rows: readonly (Accuracies | undefined)[], type: number): number[] {
  return rows.map((row) => row?.[type]).filter((value) => value !== null && value !== undefined);
}

/** Gathers cells by method and target sparsity. */
function gather(cells: readonly BoardCell[]): BoardCell[][] {
  const groups = new Map<string, BoardCell[]>();
  for (const cell of cells) {
    const key = `${cell.method} ${String(cell.target)}`;
    const group = groups.get(key);
    if (group) group.push(cell);
    else groups.set(key, [cell]);
  }
  return [...groups.values()];
}

function groupsOf(board: Board, track: Track, state: ViewState, cells: readonly BoardCell[]): Group[] {
  const methods = new Map(board.methods.map((method) => [method.id, method]));
  const type = ANSWERS.indexOf(state.answers);
  const groups = gather(cells).flatMap((seeds): Group[] => {
    const method = methods.get(seeds[0]?.method ?? "");
    const target = seeds[0]?.target ?? 0;
    const values = accuraciesOf(
      seeds.map((cell) => cell.phases[state.phase]),
      type,
    );
    if (!method || values.length === 0) return [];
    return [
      {
        method,
        target,
        prunable: average(seeds.map((cell) => cell.prunable)),
        total: average(seeds.map((cell) => cell.total)),
        x: position(seeds, state.axis),
        accuracy: summarize(values),
        cells: seeds,
        rank:
          state.answers === "all" ? (track.judgements.ranks[rankKey(state.phase, target)]?.[method.id] ?? null) : null,
        onFront: false,
      },
    ];
  });
  return groups.sort((a, b) => a.method.style - b.method.style || a.target - b.target);
}

/** Marks the groups that no other beats on both accuracy and the axis (more sparsity, or less cost). */
function markFront(groups: readonly Group[], axis: Axis): Group[] {
  const gain = axis === "prunable" || axis === "total" ? 1 : -1;
  return groups.map((group) => {
    const { x } = group;
    if (x === null) return group;
    const beaten = groups.some((other) => {
      if (other === group || other.x === null) return false;
      const along = gain * (other.x - x);
      const up = other.accuracy.mean - group.accuracy.mean;
      return along >= 0 && up >= 0 && (along > 0 || up > 0);
    });
    return { ...group, onFront: !beaten };
  });
}

/** Mean accuracy over the sparsities of a method: only good for choosing what to show first. */
function height(groups: readonly Group[], method: BoardMethod): number {
  const own = groups.filter((group) => group.method.id === method.id);
  return own.length === 0 ? 0 : average(own.map((group) => group.accuracy.mean));
}

/** A sparsity that nearly all methods reached says more than one that few did. */
const NEARLY_ALL = 0.8;

/** The sparsity, of those most methods share, where they differ most between best and median: there a ranking says most. */
function telling(groups: readonly Group[], targets: readonly number[]): number | null {
  const means = targets.map((target) => {
    const here = groups.filter((group) => group.target === target).map((group) => group.accuracy.mean);
    return here.sort((a, b) => b - a);
  });
  const most = Math.max(...means.map((here) => here.length));
  let best: { target: number; spread: number } | null = null;
  for (const [index, target] of targets.entries()) {
    const here = means[index] ?? [];
    const spread = (here[0] ?? 0) - (here[Math.floor(here.length / 2)] ?? 0);
    if (here.length < most * NEARLY_ALL || here.length < 2) continue;
    if (best === null || spread > best.spread) best = { target, spread };
  }
  return best?.target ?? targets.at(-1) ?? null;
}

function limitsOf(track: Track, state: ViewState, wanted: ReadonlySet<string>): Map<string, Limit> {
  const limits = Object.entries(track.judgements.limits[state.phase] ?? {});
  return new Map(limits.filter(([id]) => wanted.has(id)));
}

/** Whether a group stands in the part of the axis that is looked at. */
function inRange({ x }: Group, { range }: ViewState): boolean {
  return range === null || (x !== null && x >= range[0] && x <= range[1]);
}

/** Applies a state to the board; null when the board has no results at all. */
export function viewOf(board: Board, state: ViewState): View | null {
  const track = board.tracks.find((candidate) => candidate.id === state.track) ?? board.tracks[0];
  if (!track) return null;
  const least = TIERS.indexOf(state.tier);
  const trusted = track.cells.filter((cell) => TIERS.indexOf(cell.tier) >= least);
  const all = groupsOf(board, track, state, trusted);
  const present = new Set(track.cells.map((cell) => cell.method));
  const available = board.methods.filter((method) => present.has(method.id));
  const isGiven = ({ id, isPreview }: BoardMethod): number => (BASELINES.includes(id) || isPreview ? 1 : 0);
  const ranked = [...available].sort((a, b) => isGiven(b) - isGiven(a) || height(all, b) - height(all, a));
  const first = new Set(ranked.slice(0, COMFORTABLE).map((method) => method.id));
  const wanted = state.methods ? new Set(state.methods) : first;
  const methods = available.filter((method) => wanted.has(method.id));
  const groups = markFront(
    all.filter((group) => wanted.has(group.method.id) && inRange(group, state)),
    state.axis,
  );
  const targets = [...new Set(groups.map((group) => group.target))].sort((a, b) => a - b);
  const shown = groups.reduce((count, group) => count + group.cells.length, 0);
  const dense = accuraciesOf(track.dense, ANSWERS.indexOf(state.answers));
  return {
    state,
    track,
    available,
    methods,
    targets,
    groups,
    dense: dense.length === 0 ? null : summarize(dense),
    floor: state.answers === "all" ? track.floor : null,
    limits: state.answers === "all" ? limitsOf(track, state, wanted) : new Map(),
    hidden: track.cells.length - shown,
    sort: state.sort !== null && targets.includes(state.sort) ? state.sort : telling(groups, targets),
  };
}
