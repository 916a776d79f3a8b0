import type { PlannedCell } from "../plan/cell.ts";
import type { RunEvent } from "./events.ts";

interface Running {
  readonly startedAt: number;
  fraction: number;
}

/** How long a run will still take, from how long its cells took so far and how far the running ones are. */
export class Eta {
  readonly #kinds: ReadonlyMap<string, PlannedCell["kind"]>;
  /** How many cells of each kind have not begun. */
  readonly #waiting = new Map<PlannedCell["kind"], number>();
  readonly #begun = new Set<string>();
  readonly #running = new Map<string, Running>();
  readonly #durations = new Map<PlannedCell["kind"], number[]>();
  #jobs = 1;

  constructor(cells: readonly PlannedCell[]) {
    this.#kinds = new Map(cells.map((cell) => [cell.id, cell.kind]));
  }

  /** `now` in milliseconds on any steady clock. */
  see(event: RunEvent, now: number): void {
    if (event.type === "run") this.#begin(event);
    if (!("cell" in event)) return;
    if (event.type === "started") {
      this.#leaveQueue(event.cell);
      this.#running.set(event.cell, { startedAt: now, fraction: 0 });
    } else if (event.type === "progress") {
      const running = this.#running.get(event.cell);
      if (running !== undefined) running.fraction = event.fraction ?? running.fraction;
    } else if (event.type !== "damaged" && event.type !== "killed") {
      if (event.type === "done") this.#finish(event.cell, now);
      this.#running.delete(event.cell);
      this.#leaveQueue(event.cell);
    }
  }

  /** Seconds to the end of the run, or null while nothing is known. */
  secondsLeft(now: number): number | null {
    let milliseconds = 0;
    for (const [kind, cells] of this.#waiting) {
      const expected = this.#expected(kind, now);
      if (expected === null) return null;
      milliseconds += cells * expected;
    }
    let longest = 0;
    for (const [cell, { startedAt, fraction }] of this.#running) {
      const expected = this.#expected(this.#kinds.get(cell) ?? "ticket", now);
      if (fraction === 0 && expected === null) return null;
      const elapsed = now - startedAt;
      const left = fraction > 0 ? (elapsed / fraction) * (1 - fraction) : Math.max(0, (expected ?? 0) - elapsed);
      milliseconds += left;
      longest = Math.max(longest, left);
    }
    return Math.max(milliseconds / this.#jobs, longest) / 1000;
  }

  #begin({ jobs, kinds }: Extract<RunEvent, { type: "run" }>): void {
    this.#jobs = jobs;
    for (const [kind, cells] of Object.entries(kinds)) this.#waiting.set(kind as PlannedCell["kind"], cells);
  }

  /** A cell that died and started again left the queue when it first did. */
  #leaveQueue(cell: string): void {
    const kind = this.#kinds.get(cell);
    if (kind === undefined || this.#begun.has(cell)) return;
    this.#begun.add(cell);
    const left = (this.#waiting.get(kind) ?? 0) - 1;
    if (left > 0) this.#waiting.set(kind, left);
    else this.#waiting.delete(kind);
  }

  /** Milliseconds a cell of this kind takes: the mean so far; failing that, of another kind, or of one now running. */
  #expected(kind: PlannedCell["kind"], now: number): number | null {
    const own = this.#durations.get(kind) ?? [];
    const known = own.length > 0 ? own : [...this.#durations.values()].flat();
    if (known.length > 0) return known.reduce((sum, each) => sum + each, 0) / known.length;
    const partial = [...this.#running.values()].filter(({ fraction }) => fraction > 0.02);
    const guesses = partial.map(({ startedAt, fraction }) => (now - startedAt) / fraction);
    return guesses.length === 0 ? null : Math.max(...guesses);
  }

  #finish(cell: string, now: number): void {
    const running = this.#running.get(cell);
    const kind = this.#kinds.get(cell);
    if (running === undefined || kind === undefined) return;
    this.#durations.set(kind, [...(this.#durations.get(kind) ?? []), now - running.startedAt]);
  }
}

/** 75 s is "1 min 15 s"; a day is "24 h 0 min". */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
