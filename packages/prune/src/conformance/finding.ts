/** What the kit says about one property of a method, in one line that teaches. */
export interface Finding {
  readonly status: "passed" | "warned" | "failed";
  /** The property, in a few words. */
  readonly check: string;
  /** What was seen; for a warning or failure also why it matters and what to do. */
  readonly message: string;
}

/** The finding as a line of a report. */
export function describeFinding({ status, check, message }: Finding): string {
  return `${status.padEnd(6)}  ${check}: ${message}`;
}

/** What a check saw; throwing is failing with the error's message. */
export type Verdict = Omit<Finding, "check">;

/** The property holds. */
export const passed = (message: string): Verdict => ({ status: "passed", message });
/** The property does not hold, which may be meant. */
export const warned = (message: string): Verdict => ({ status: "warned", message });
/** The property does not hold: the method is not accepted. */
export const failed = (message: string): Verdict => ({ status: "failed", message });
