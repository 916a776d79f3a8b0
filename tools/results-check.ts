/**
 * `npm run results:check`: the tests of the data in `results/`. Schema, numbers and duplicates of every result, published
 * numbers and cards; histories; and, against the branch it will be merged into, that nothing published is lost or
 * rewritten and that no result has a tier that is not its to have.
 */
import { spawnSync } from "node:child_process";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { chainProblems, type Result, resultName } from "@ticketbench/results";
import {
  changesAgainst,
  readMethodCards,
  readReported,
  readResults,
  type StoredResult,
} from "@ticketbench/results/node";
import { script } from "./script.ts";
import { permittedTiers } from "./tiers.ts";

const USAGE = `npm run results:check [-- --base REFERENCE] [--results FOLDER]

Exit code 1 where a fault was found, each told in a line; 2 where the results cannot be read.
  --base     what the branch will be merged into (default: origin/main, main or HEAD, the first there is)
  --results  the folder (default: results)
  --new-methods  results may be of methods that have no card here yet: it comes with the method's pull request`;

async function main(): Promise<number> {
  const string = { type: "string" } as const;
  const boolean = { type: "boolean" } as const;
  const { values } = parseArgs({
    options: { base: string, results: { ...string, default: "results" }, "new-methods": boolean, help: boolean },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const folder = values.results;
  const stored = await readResults(folder);
  const results = stored.map(({ result }) => result);
  const reported = await readReported(folder);
  const cards = await readMethodCards(folder);
  const base = values.base ?? defaultBase();
  const faults = [
    ...misnamed(stored),
    ...chainProblems(results).map(({ field, message }) => `${field}: ${message}`),
    ...(values["new-methods"] ? [] : unnamedMethods(results, cards?.methods.map(({ id }) => id) ?? null)),
    ...(await changesAgainst(folder, base, permittedTiers(process.env))),
  ];
  for (const fault of faults) console.error(fault);
  const rows = reported.reduce((sum, source) => sum + source.rows.length, 0);
  console.log(
    `${results.length} results and ${rows} published numbers checked, against ${base}: ${faults.length} faults`,
  );
  return faults.length === 0 ? 0 : 1;
}

function defaultBase(): string {
  const exists = (name: string): boolean => spawnSync("git", ["rev-parse", "--verify", "--quiet", name]).status === 0;
  return ["origin/main", "main"].find(exists) ?? "HEAD";
}

/** Files that are not named after what they hold, which the checks against the base go by, and results that are there twice. */
function misnamed(stored: readonly StoredResult[]): string[] {
  const wrong = stored.flatMap(({ file, result }) => {
    const name = `${resultName(result)}.json`;
    return basename(file) === name ? [] : [`${file}: it holds result ${resultName(result)}: name it ${name}`];
  });
  const twice = [...Map.groupBy(stored, ({ result }) => resultName(result))].flatMap(([name, same]) => {
    const files = same.map(({ file }) => file).join(" and ");
    return same.length === 1 ? [] : [`${name}: there ${same.length} times, in ${files}: keep the published one`];
  });
  return [...wrong, ...twice];
}

/** Methods with results but without a card: their page could not say what they are. */
function unnamedMethods(results: readonly Result[], known: readonly string[] | null): string[] {
  if (known === null) return [];
  const used = new Set(results.flatMap(({ method }) => (method === null ? [] : [method.id])));
  return [...used].filter((id) => !known.includes(id)).map((id) => `methods.json: no card of ${id}, which has results`);
}

await script("results:check", main);
