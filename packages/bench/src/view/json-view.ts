import type { Writable } from "node:stream";
import type { RunEvent } from "../run/events.ts";
import type { RunView } from "./run-view.ts";

/** Every event as it is, one JSON object a line, for other programs. */
export class JsonView implements RunView {
  readonly #output: Writable;

  constructor(output: Writable) {
    this.#output = output;
  }

  see(event: RunEvent): void {
    this.#output.write(`${JSON.stringify(event)}\n`);
  }

  close(): void {
    // Nothing was changed about the terminal.
  }
}
