import type { Language } from "./format.ts";

/** Words of a chart's table. */
export interface Twin {
  readonly language: Language;
  /** Opens the table. */
  readonly summary: string;
  /** Names the table of a chart for screen readers. */
  readonly tableOf: (title: string) => string;
  readonly curve: string;
  readonly value: string;
  readonly interval: string;
}
