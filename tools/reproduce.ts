/**
 * `npm run reproduce`: runs a sample of the published results again, keeps what was found for the issue, and tells the
 * workflow whether anything differs. A difference is no fault of the run; a sample that could not be drawn or run is.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { setOutput } from "./github/output.ts";
import { script } from "./script.ts";

const USAGE = `npm run reproduce [-- --sample N] [--seed TEXT] [--results FOLDER] [--report FILE]

  --sample   how many cells (default: 5)
  --seed     names the draw (default: today's date)
  --results  what to draw from (default: results)
  --report   where what was found goes (default: report.txt)
  --program  run another program for the cells (for tests)
Exit code 0 also where a result differs, which is told by differs=1; the output goes to GITHUB_OUTPUT where it is set.`;

const CLI = fileURLToPath(new URL("../packages/bench/src/cli.ts", import.meta.url));

async function main(): Promise<number> {
  const string = { type: "string" } as const;
  const options = { sample: string, seed: string, results: string, report: string, program: string };
  const { values } = parseArgs({ options: { ...options, help: { type: "boolean" } } });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  // A workflow's inputs are empty where nobody gave any.
  const { sample = "", seed = "", results = "results", report = "report.txt", program } = values;
  const draw = ["--sample", sample || "5", "--seed", seed || new Date().toISOString().slice(0, 10)];
  const code = await verify([results, ...draw, ...(program === undefined ? [] : ["--program", program])], report);
  if (code > 1) return code;
  setOutput("differs", String(code));
  return 0;
}

/** Runs `ticketbench verify`; what it finds is shown and kept, its progress (standard error) is shown. */
async function verify(words: readonly string[], report: string): Promise<number> {
  const child = spawn(process.execPath, [CLI, "verify", ...words], { stdio: ["ignore", "pipe", "inherit"] });
  const file = createWriteStream(report);
  child.stdout.pipe(process.stdout, { end: false });
  child.stdout.pipe(file);
  const [code] = (await once(child, "close")) as [number | null];
  await finished(file);
  return code ?? 3;
}

await script("reproduce", main);
