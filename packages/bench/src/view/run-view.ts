import type { RunEvent } from "../run/events.ts";

/** Shows a run while it happens. */
export interface RunView {
  see(event: RunEvent): void;
  /** Leave the terminal as it was found. */
  close(): void;
}
