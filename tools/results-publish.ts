/**
 * `npm run results:publish`: puts the results of a run into the published ones. Each is verified again, nothing is
 * overwritten (a cell that is there already is superseded), and the tier is one that the running workflow may give.
 */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { historyOf, type Result, resultName, sameMeasurement, tiers } from "@ticketbench/results";
import { readDatasetCards, readResults, writeDatasetCard, writeResult } from "@ticketbench/results/node";
import { required, ScriptError, script } from "./script.ts";
import { permittedTiers } from "./tiers.ts";

const USAGE = `npm run results:publish -- --from FOLDER [--to FOLDER] [--tier NAME] [--checksums FILE]

  --from  results of a run, such as .ticketbench/results/mini-grid
  --to    the published results (default: results)
  --tier  self-reported (default), or a tier that the running workflow may give
  --checksums  a file for the checksums of what was written, as sha256sum has them; none where nothing was`;

async function main(): Promise<number> {
  const string = { type: "string" } as const;
  const defaults = { to: { ...string, default: "results" }, tier: { ...string, default: "self-reported" } };
  const { values } = parseArgs({
    options: { from: string, checksums: string, ...defaults, help: { type: "boolean" } },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const tier = tiers.find((name) => name === values.tier);
  const permitted = permittedTiers(process.env);
  if (tier === undefined || !permitted.includes(tier)) {
    throw new ScriptError(
      `--tier ${values.tier}: here it may be ${permitted.join(" or ")} (.github/trusted-runs.json)`,
    );
  }
  const from = required(values.from, "--from");
  const fresh = await readResults(from);
  if (fresh.length === 0) throw new ScriptError(`${from}: no results`);
  const published = (await readResults(values.to)).map(({ result }) => result);
  for (const card of await readDatasetCards(from)) await writeDatasetCard(values.to, card);
  const written: string[] = [];
  for (const { result } of fresh) {
    const before = newestOf(result, published);
    if (before && tiers.indexOf(before.tier) >= tiers.indexOf(tier) && sameMeasurement(before, result)) continue;
    const replacing = before ? { ...result, tier, supersedes: resultName(before) } : { ...result, tier };
    written.push(await writeResult(join(values.to, folderOf(result)), replacing));
  }
  if (values.checksums !== undefined && written.length > 0)
    writeFileSync(values.checksums, written.map(checksum).join(""));
  console.log(
    `${written.length} of ${fresh.length} results written to ${values.to}, tier ${tier}; the others are there already`,
  );
  return 0;
}

/** The newest published result of the same cell. */
function newestOf(result: Result, published: readonly Result[]): Result | undefined {
  const same = published.filter(({ id }) => id === result.id);
  return same.toSorted((a, b) => historyOf(b, same).length - historyOf(a, same).length)[0];
}

function checksum(file: string): string {
  return `${createHash("sha256").update(readFileSync(file)).digest("hex")}  ${file}\n`;
}

function folderOf({ study }: Result): string {
  return study.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
}

await script("results:publish", main);
