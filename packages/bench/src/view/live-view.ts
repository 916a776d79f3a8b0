import { styleText } from "node:util";
import type { Plan } from "../plan/plan.ts";
import { duration, Eta } from "../run/eta.ts";
import type { CellEvent, RunEvent } from "../run/events.ts";
import type { RunView } from "./run-view.ts";
import { eventWords, progressWords } from "./words.ts";

type ProgressEvent = Extract<CellEvent, { type: "progress" }>;

/** The part of a terminal that is drawn on. */
export interface Screen {
  readonly columns: number;
  readonly rows: number;
  write(text: string): unknown;
}

const REDRAW_MILLISECONDS = 125;
const BAR = 24;
const CLEAR_BELOW = "\u001b[0J";
const HIDE_CURSOR = "\u001b[?25l";
const SHOW_CURSOR = "\u001b[?25h";

/** A bar for the run and one for each running cell, redrawn in place; what ends scrolls away above them. */
export class LiveView implements RunView {
  readonly #screen: Screen;
  readonly #eta: Eta;
  readonly #labels: ReadonlyMap<string, string>;
  #total = 0;
  readonly #running = new Map<string, ProgressEvent | null>();
  readonly #timer: NodeJS.Timeout;
  #ended = 0;
  #drawn = 0;

  constructor(plan: Plan, screen: Screen) {
    this.#screen = screen;
    this.#eta = new Eta(plan.cells);
    this.#labels = new Map(plan.cells.map((cell) => [cell.id, cell.label]));
    this.#timer = setInterval(() => this.draw(), REDRAW_MILLISECONDS);
    this.#timer.unref();
    screen.write(HIDE_CURSOR);
  }

  see(event: RunEvent): void {
    this.#eta.see(event, performance.now());
    if (event.type === "run") this.#total = event.cells;
    if (!("cell" in event)) return;
    if (event.type === "started") this.#running.set(event.cell, null);
    else if (event.type === "progress") this.#running.set(event.cell, event);
    else if (event.type !== "damaged" && event.type !== "killed") this.#running.delete(event.cell);
    if (event.type === "done" || event.type === "failed" || event.type === "skipped") this.#ended++;
    const words = eventWords(event, this.#labels.get(event.cell) ?? event.cell);
    if (words !== null) this.#above(event.type === "failed" ? styleText("red", words) : words);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#erase();
    this.#screen.write(SHOW_CURSOR);
  }

  draw(): void {
    const width = Math.max(20, this.#screen.columns - 1);
    const left = this.#eta.secondsLeft(performance.now());
    const eta = left === null || left < 1 ? "" : `, about ${duration(left)} left`;
    const head = `${bar(this.#ended / Math.max(1, this.#total))} ${this.#ended} of ${this.#total} cells${eta}`;
    const room = Math.max(1, this.#screen.rows - 3);
    const cells = [...this.#running].slice(0, room).map(([cell, progress]) => this.#cellLine(cell, progress));
    this.#erase();
    const lines = [head, ...cells].map((line) => line.slice(0, width));
    this.#screen.write(`${lines.join("\n")}\n`);
    this.#drawn = lines.length;
  }

  #cellLine(cell: string, progress: ProgressEvent | null): string {
    const label = (this.#labels.get(cell) ?? cell).padEnd(26).slice(0, 26);
    if (progress === null) return `  ${label} starting`;
    const fraction = progress.fraction ?? (progress.steps > 0 ? progress.step / progress.steps : 0);
    return `  ${label} ${bar(fraction, 8)} ${progressWords(progress)}`;
  }

  #above(text: string): void {
    this.#erase();
    this.#screen.write(`${text}\n`);
    this.draw();
  }

  #erase(): void {
    if (this.#drawn > 0) this.#screen.write(`\u001b[${this.#drawn}A\r${CLEAR_BELOW}`);
    this.#drawn = 0;
  }
}

function bar(fraction: number, width = BAR): string {
  const full = Math.round(Math.min(1, Math.max(0, fraction)) * width);
  return `${"█".repeat(full)}${"░".repeat(width - full)}`;
}
