/** `npm run perf -- NAME [--json FILE]`: a benchmark, printed as a table. Its figures are reported, never gated. */
import { parseArgs } from "node:util";
import { type PerfRow, printRows, writeRows } from "./perf/row.ts";

const BENCHMARKS: Record<string, () => Promise<readonly PerfRow[]>> = {
  engine: async () => (await import("./perf/engine.ts")).engineRows(),
  model: async () => (await import("./perf/model.ts")).modelRows(),
  data: async () => (await import("@ticketbench/data-vqa/perf")).dataRows(),
  prune: async () => (await import("@ticketbench/prune/perf")).perfRows(),
  bench: async () => (await import("@ticketbench/bench/perf")).perf(),
  results: async () => (await import("@ticketbench/results/perf")).resultsRows(),
};

const { values, positionals } = parseArgs({
  options: { json: { type: "string" }, help: { type: "boolean" } },
  allowPositionals: true,
});
const names = Object.keys(BENCHMARKS);
const name = positionals[0] ?? "";
const benchmark = BENCHMARKS[name];
if (values.help) {
  console.log(`npm run perf -- NAME [--json FILE]\n\nNAME is one of: ${names.join(", ")}`);
} else if (benchmark === undefined || positionals.length > 1) {
  console.error(`perf: "${positionals.join(" ")}" is no benchmark: give one of ${names.join(", ")}`);
  process.exitCode = 2;
} else {
  const rows = await benchmark();
  printRows(rows);
  if (values.json !== undefined) writeRows(values.json, rows);
}
