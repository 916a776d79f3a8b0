/** One line of `npm run perf`: a figure, what it is measured in, and the bar it is held to. */
export interface PerfRow {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly bar: number | null;
  readonly better: "higher" | "lower";
}
