import type { Writable } from "node:stream";
import type { Plan } from "../plan/plan.ts";
import { duration, Eta } from "../run/eta.ts";
import type { RunEvent } from "../run/events.ts";
import type { RunView } from "./run-view.ts";
import { eventWords, progressWords } from "./words.ts";

/** One line when a cell starts, reaches another phase or ends: for files, pipes and CI logs. */
export class PlainView implements RunView {
  readonly #output: Writable;
  readonly #eta: Eta;
  readonly #labels: ReadonlyMap<string, string>;
  readonly #phases = new Set<string>();
  #total = 0;
  #ended = 0;

  constructor(plan: Plan, output: Writable) {
    this.#output = output;
    this.#eta = new Eta(plan.cells);
    this.#labels = new Map(plan.cells.map((cell) => [cell.id, cell.label]));
  }

  see(event: RunEvent): void {
    const now = performance.now();
    this.#eta.see(event, now);
    if (event.type === "run") {
      this.#total = event.cells;
      this.#line(
        `study ${event.study}: ${event.cells} ${event.cells === 1 ? "cell" : "cells"}, ${event.jobs} at a time, plan ${event.plan.slice(0, 12)}`,
      );
    }
    if (!("cell" in event)) return;
    const label = this.#labels.get(event.cell) ?? event.cell;
    if (event.type === "done" || event.type === "failed" || event.type === "skipped") this.#ended++;
    if (event.type === "progress" && this.#isNews(event)) this.#line(`         ${label}: ${progressWords(event)}`);
    const words = eventWords(event, label);
    if (words !== null) this.#line(`${words}${this.#standing(now)}`);
  }

  close(): void {
    // Nothing was changed about the terminal.
  }

  /** The first report of a cell's phase, and every accuracy. */
  #isNews({ cell, phase, accuracy }: Extract<RunEvent, { type: "progress" }>): boolean {
    const name = `${cell} ${phase}`;
    const isNew = !this.#phases.has(name);
    this.#phases.add(name);
    return isNew || accuracy !== undefined;
  }

  #standing(now: number): string {
    const left = this.#eta.secondsLeft(now);
    const eta = left === null || left < 1 ? "" : `, about ${duration(left)} left`;
    return `  (${this.#ended} of ${this.#total}${eta})`;
  }

  #line(text: string): void {
    this.#output.write(`${text}\n`);
  }
}
