import type { Plan } from "../plan/plan.ts";
import type { RunEvent } from "../run/events.ts";
import { JsonView } from "./json-view.ts";
import { LiveView } from "./live-view.ts";
import { PlainView } from "./plain-view.ts";

/** Shows a run while it happens. */
export interface RunView {
  see(event: RunEvent): void;
  /** Leave the terminal as it was found. */
  close(): void;
}

/** JSON lines where asked for; a live picture on a terminal; plain lines everywhere else. */
export function chooseView(plan: Plan, output: NodeJS.WriteStream, asJson: boolean): RunView {
  if (asJson) return new JsonView(output);
  return output.isTTY && process.env.TERM !== "dumb" ? new LiveView(plan, output) : new PlainView(plan, output);
}
