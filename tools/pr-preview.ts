/**
 * `npm run pr:preview`: checks and previews each method that a branch adds or changes, and some of those that it changes
 * through files that they share, and gathers what a verdict is written from: results, dataset cards, and the methods'
 * cards. It runs the branch's code: give it no secrets.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { MethodCard } from "@ticketbench/results";
import { readMethodCards, writeMethodCards } from "@ticketbench/results/node";
import { changedMethods, sharedChanges } from "./changed-methods.ts";
import { required, script } from "./script.ts";

const USAGE = `npm run pr:preview -- --base REFERENCE [--out FOLDER] [--work FOLDER] [--list]

  --base  what the branch will be merged into
  --out   what is gathered (default: artifact in the work folder)
  --work  where unfinished work lies (default: .ticketbench)
  --list  print the methods, run nothing`;

const CLI = fileURLToPath(new URL("../packages/bench/src/cli.ts", import.meta.url));
/** Methods that are previewed because of a shared file: a preview takes minutes, and each has the controls in it anyway. */
const MOST_THROUGH_SHARED = 3;
const gathered = /^[\w-]+(\.\d+)?\.json$/;

async function main(): Promise<number> {
  const string = { type: "string" } as const;
  const boolean = { type: "boolean" } as const;
  const { values } = parseArgs({
    options: { base: string, out: string, work: { ...string, default: ".ticketbench" }, list: boolean, help: boolean },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const methods = await methodsToPreview(required(values.base, "--base"));
  if (values.list) return 0;
  const { work, out = join(work, "artifact") } = values;
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const previews = methods.map((method) => join(work, "preview", method));
  for (const preview of previews) rmSync(preview, { recursive: true, force: true });
  const failed = methods.filter((method) => !ticketbench("preview", method, "--no-open", "--work", work));
  for (const preview of previews) gather(preview, join(out, "results"));
  for (const method of failed) console.error(`${method}: a check or a cell of its preview failed, see above`);
  const cards = await Promise.all(previews.map(cardOf));
  // Without it the artifact is refused, which the comment says: better than a verdict on half of what was changed.
  if (cards.every((card) => card !== null)) await writeMethodCards(out, { version: 1, methods: cards });
  console.log(`gathered in ${out}`);
  return failed.length === 0 ? 0 : 1;
}

/** The methods whose own file changed, and the first of those that changed through a shared one; says which, and why. */
async function methodsToPreview(base: string): Promise<string[]> {
  const own = changedMethods(base);
  console.log(own.length === 0 ? "no method is added or changed" : `methods: ${own.join(", ")}`);
  const { parts, others } = await sharedChanges(base);
  for (const { file, methods } of parts)
    console.log(`${file} is part of ${counted(methods.length)}: ${methods.join(", ")}`);
  for (const file of others) console.log(`${file} is part of no method: published results stay as they are`);
  const through = [...new Set(parts.flatMap(({ methods }) => methods))].filter((name) => !own.includes(name)).sort();
  const [taken, left] = [through.slice(0, MOST_THROUGH_SHARED), through.slice(MOST_THROUGH_SHARED)];
  if (taken.length > 0) console.log(`previewed because of what they share: ${taken.join(", ")}`);
  if (left.length > 0)
    console.log(`left out to save time: ${left.join(", ")}; npm run ticketbench -- preview NAME shows one`);
  return [...own, ...taken];
}

function counted(methods: number): string {
  return methods === 1 ? "1 method" : `${methods} methods`;
}

function ticketbench(...words: string[]): boolean {
  return spawnSync(process.execPath, [CLI, ...words], { stdio: "inherit" }).status === 0;
}

/** A preview's result files and dataset cards; methods share their controls. Logs and anything else stays behind. */
function gather(from: string, to: string): void {
  if (!existsSync(from)) return;
  for (const name of readdirSync(from, { recursive: true, encoding: "utf8" })) {
    if (!gathered.test(basename(name)) || name === "methods.json") continue;
    mkdirSync(dirname(join(to, name)), { recursive: true });
    cpSync(join(from, name), join(to, name));
  }
}

/** The card that a preview left; null where it came to nothing. */
async function cardOf(preview: string): Promise<MethodCard | null> {
  const cards = await readMethodCards(preview);
  return cards?.methods[0] ?? null;
}

await script("pr:preview", main);
