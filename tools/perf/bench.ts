/** `npm run perf -- bench`: planning, start-up and real cells, and a fine-tune against PyTorch's in the same run. */
import { FINE_TUNE, perf } from "@ticketbench/bench/perf";
import { peerFineTuneSeconds, whyNoPeer } from "./peer.ts";
import type { PerfRow } from "./row.ts";

export async function benchRows(): Promise<PerfRow[]> {
  const rows = await perf();
  const reason = whyNoPeer();
  if (reason !== null) {
    console.log(`Left out: a fine-tune in PyTorch: ${reason}`);
    return rows;
  }
  const own = rows.find(({ name }) => name === FINE_TUNE)?.value ?? Number.NaN;
  return [...rows, ...peerRows(own, false), ...peerRows(own, true)];
}

/** A ratio above 1 is a win over PyTorch. */
function peerRows(own: number, tuned: boolean): PerfRow[] {
  const name = `the same work, PyTorch ${tuned ? "tuned" : "stock"}`;
  const value = peerFineTuneSeconds(tuned);
  return [
    { name, value, unit: "s", bar: null, better: "lower" },
    { name: `${name} against ours`, value: value / own, unit: "x", bar: tuned ? null : 1, better: "higher" },
  ];
}
