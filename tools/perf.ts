/** `npm run perf -- NAME [--json FILE] [--quick]`: a benchmark, printed as a table. Its figures are reported, never gated. */
import { parseArgs } from "node:util";
import { type PerfRow, printRows, writeRows } from "./perf/row.ts";

const BENCHMARKS: Record<string, (quick: boolean) => Promise<readonly PerfRow[]>> = {
  engine: async (quick) => (await import("./perf/engine.ts")).engineRows(quick),
  model: async () => (await import("./perf/model.ts")).modelRows(),
  data: async () => (await import("./perf/data.ts")).dataAndStepRows(),
  prune: async () => (await import("@ticketbench/prune/perf")).perfRows(),
  bench: async () => (await import("./perf/bench.ts")).benchRows(),
  grid: async () => (await import("@ticketbench/bench/perf")).gridRows(),
  results: async () => (await import("@ticketbench/results/perf")).resultsRows(),
  site: async () => (await import("../apps/leaderboard/test/perf.ts")).siteRows(),
};

const { values, positionals } = parseArgs({
  options: { json: { type: "string" }, quick: { type: "boolean", default: false }, help: { type: "boolean" } },
  allowPositionals: true,
});
const names = Object.keys(BENCHMARKS);
const name = positionals[0] ?? "";
const benchmark = BENCHMARKS[name];
if (values.help) {
  console.log(`npm run perf -- NAME [--json FILE] [--quick]

NAME is one of: ${names.join(", ")}
grid runs all 84 cells of the protocol's grid, two at a time: about ten minutes
--quick shows that the engine benchmark runs; its figures mean nothing`);
} else if (benchmark === undefined || positionals.length > 1) {
  console.error(`perf: "${positionals.join(" ")}" is no benchmark: give one of ${names.join(", ")}`);
  process.exitCode = 2;
} else {
  const rows = await benchmark(values.quick);
  printRows(rows);
  if (values.json !== undefined) writeRows(values.json, rows);
}
