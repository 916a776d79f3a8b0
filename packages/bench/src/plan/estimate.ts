import type { Result } from "@ticketbench/results";
import type { Study } from "../study/study.ts";
import { canonicalJson } from "./canonical.ts";
import type { Cell, PlannedCell } from "./cell.ts";
import { cellAt, type Plan } from "./plan.ts";

/** What a program can say of a cell's work before it is done. */
export interface Workload {
  /** Floating-point operations of a cell's training and evaluations. */
  readonly flops: (cell: Cell) => Promise<number>;
  /** A short measurement of how many of them this machine does in a second on the engine of the cell. */
  readonly flopsPerSecond: (cell: Cell) => Promise<number>;
}

/** Seconds that cells take, from where that is known. */
export interface Estimate {
  /** Seconds of one process for all the cells that could be judged. */
  readonly seconds: number;
  /** Mean seconds of one cell by kind; null where nothing is known. */
  readonly each: Readonly<Record<PlannedCell["kind"], number | null>>;
  /** Cells whose time nobody can tell. */
  readonly unknown: number;
  /** What the estimate rests on, in words. */
  readonly basis: string;
}

/**
 * How long these cells of a plan will take one process. A cell costs what finished cells of its kind with the same
 * settings and engine cost; failing that, its operations divided by the rate of past results or of a calibration.
 */
export async function estimateCells(
  plan: Plan,
  cells: readonly PlannedCell[],
  past: readonly Result[],
  workload: Workload | null,
): Promise<Estimate> {
  const history = new History(past);
  const means = new Map<string, number | null>();
  const sums = { start: 0, dense: 0, ticket: 0 };
  const known = { start: 0, dense: 0, ticket: 0 };
  const rates = new Map<number, number>();
  let isCounted = false;
  for (const planned of cells) {
    const cell = cellAt(plan, planned);
    const key = `${cell.kind} ${cell.training}`;
    if (!means.has(key)) {
      const remembered = history.seconds(cell.kind, settingsKey(cell.inputs.settings));
      isCounted ||= remembered === null && workload !== null;
      means.set(key, remembered ?? (await fromWork(cell, history, rates, workload)));
    }
    const mean = means.get(key) ?? null;
    if (mean === null) continue;
    sums[cell.kind] += mean;
    known[cell.kind]++;
  }
  const mean = (kind: PlannedCell["kind"]): number | null => (known[kind] === 0 ? null : sums[kind] / known[kind]);
  return {
    seconds: sums.start + sums.dense + sums.ticket,
    each: { start: mean("start"), dense: mean("dense"), ticket: mean("ticket") },
    unknown: cells.length - known.start - known.dense - known.ticket,
    basis: [history.words(), isCounted ? "operations counted and the engine's rate" : ""]
      .filter((words) => words !== "")
      .join("; "),
  };
}

/** Seconds of computing that a result cost; 0 for a failed one, which does not say. */
export function secondsOf(result: Result): number {
  return result.status === "done" ? Object.values(result.cost.seconds).reduce((sum, each) => sum + each, 0) : 0;
}

/** Energy in kilowatt-hours and money for that many hours of running cells; null where the study has no price. */
export function priceOf(
  hours: number,
  isGpu: boolean,
  prices: Study["prices"],
): { energy: number | null; money: number | null } {
  const energy = prices?.watts === undefined ? null : (hours * prices.watts) / 1000;
  const hourly = isGpu ? prices?.gpuHour : prices?.cpuHour;
  const power = energy === null || prices?.kilowattHour === undefined ? 0 : energy * prices.kilowattHour;
  const money = hourly === undefined && power === 0 ? null : hours * (hourly ?? 0) + power;
  return { energy, money };
}

/** `rates` remembers the calibrations, by training. */
async function fromWork(
  cell: Cell,
  history: History,
  rates: Map<number, number>,
  workload: Workload | null,
): Promise<number | null> {
  if (workload === null) return null;
  const past = history.flopsPerSecond(cell.inputs.settings.engine.name);
  const rate = past ?? rates.get(cell.training) ?? (await workload.flopsPerSecond(cell));
  rates.set(cell.training, rate);
  return (await workload.flops(cell)) / rate;
}

/** The settings that decide how long a cell takes. */
function settingsKey({ dataset, model, recipe, engine }: Cell["inputs"]["settings"]): string {
  return canonicalJson({ dataset, model, recipe, engine: engine.name });
}

/** What finished cells cost. */
class History {
  readonly #seconds = new Map<string, number[]>();
  readonly #rates = new Map<string, number[]>();
  #used = 0;

  constructor(results: readonly Result[]) {
    for (const result of results) {
      if (result.status !== "done") continue;
      const seconds = secondsOf(result);
      const engine = result.provenance.engine.name;
      if (seconds > 0) push(this.#rates, engine, result.cost.trainingFlops / seconds);
      const { dataset, model, recipe, matrix } = result.study.resolved as Partial<Study>;
      // With further axes the study does not say which of their values this cell had.
      if (Object.keys(matrix ?? {}).length > 0) continue;
      push(this.#seconds, `${result.kind} ${canonicalJson({ dataset, model, recipe, engine })}`, seconds);
    }
  }

  /** Mean seconds of finished cells of this kind with these settings. */
  seconds(kind: string, settings: string): number | null {
    const found = this.#seconds.get(`${kind} ${settings}`) ?? [];
    this.#used += found.length;
    return found.length === 0 ? null : found.reduce((sum, each) => sum + each, 0) / found.length;
  }

  /** Median rate of past results on an engine. */
  flopsPerSecond(engine: string): number | null {
    const rates = (this.#rates.get(engine) ?? []).sort((a, b) => a - b);
    return rates[Math.floor(rates.length / 2)] ?? null;
  }

  words(): string {
    return this.#used === 0 ? "" : `${this.#used} past results with these settings`;
  }
}

function push(map: Map<string, number[]>, key: string, value: number): void {
  map.set(key, [...(map.get(key) ?? []), value]);
}
