import type { Plan } from "../plan/plan.ts";
import { JsonView } from "./json-view.ts";
import { LiveView } from "./live-view.ts";
import { PlainView } from "./plain-view.ts";
import type { RunView } from "./run-view.ts";

/** JSON lines where asked for; a live picture on a terminal; plain lines everywhere else. */
export function chooseView(plan: Plan, output: NodeJS.WriteStream, asJson: boolean): RunView {
  if (asJson) return new JsonView(output);
  return output.isTTY && process.env.TERM !== "dumb" ? new LiveView(plan, output) : new PlainView(plan, output);
}
