import type { CellEvent, RunEvent } from "../run/events.ts";

type ProgressEvent = Extract<CellEvent, { type: "progress" }>;

/** "retrained 12/530, 2,140 samples/s, accuracy 83.1 %" */
export function progressWords({ phase, step, steps, samplesPerSecond, accuracy }: ProgressEvent): string {
  const parts = [steps > 0 ? `${phase} ${step}/${steps}` : phase];
  if (samplesPerSecond !== undefined) parts.push(`${Math.round(samplesPerSecond).toLocaleString("en")} samples/s`);
  if (accuracy !== undefined) parts.push(`accuracy ${(100 * accuracy).toFixed(1)} %`);
  return parts.join(", ");
}

/** What to say of an event that is worth a line, or null. `label` names its cell. */
export function eventWords(event: RunEvent, label: string): string | null {
  switch (event.type) {
    case "done":
      return `done     ${label}`;
    case "failed":
      return `FAILED   ${label}: ${event.reason}: ${event.message}`;
    case "interrupted":
      return `stopped  ${label}: checkpoint saved`;
    case "killed":
      return `killed   ${label}: its process died of ${event.signal}; it goes on from its checkpoint`;
    case "damaged":
      return `damaged  ${label}: ${event.message}`;
    case "skipped":
      return event.because === "blocked" ? `blocked  ${label}: ${event.message ?? ""}` : null;
    default:
      return null;
  }
}
