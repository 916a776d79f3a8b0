/**
 * `npm run pr:preview`: checks and previews each method that a branch adds or changes, and gathers what a verdict is
 * written from: results, dataset cards, and the methods' cards. It runs the branch's code: give it no secrets.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { parseMethodCards } from "@ticketbench/results";
import { changedMethods } from "./changed-methods.ts";
import { required, script } from "./script.ts";

const USAGE = `npm run pr:preview -- --base REFERENCE [--out FOLDER] [--work FOLDER] [--list]

  --base  what the branch will be merged into
  --out   what is gathered (default: artifact)
  --work  where unfinished work lies (default: .ticketbench)
  --list  print the methods, run nothing`;

const CLI = fileURLToPath(new URL("../packages/bench/src/cli.ts", import.meta.url));
const gathered = /^[\w-]+(\.\d+)?\.json$/;

async function main(): Promise<number> {
  const string = { type: "string" } as const;
  const defaults = { out: { ...string, default: "artifact" }, work: { ...string, default: ".ticketbench" } };
  const boolean = { type: "boolean" } as const;
  const { values } = parseArgs({ options: { base: string, ...defaults, list: boolean, help: boolean } });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const methods = changedMethods(required(values.base, "--base"));
  console.log(methods.length === 0 ? "no method is added or changed" : `methods: ${methods.join(", ")}`);
  if (values.list) return 0;
  rmSync(values.out, { recursive: true, force: true });
  mkdirSync(values.out, { recursive: true });
  const failed = methods.filter((method) => !ticketbench("preview", method, "--no-open", "--work", values.work));
  for (const method of methods) gather(join(values.work, "preview", method), join(values.out, "results"));
  writeCards(join(values.out, "methods.json"), methods);
  for (const method of failed) console.error(`${method}: a check or a cell of its preview failed, see above`);
  return Promise.resolve(failed.length === 0 ? 0 : 1);
}

function ticketbench(...words: string[]): boolean {
  return spawnSync(process.execPath, [CLI, ...words], { stdio: "inherit" }).status === 0;
}

/** A preview's result files and dataset cards; methods share their controls. Logs and anything else stays behind. */
function gather(from: string, to: string): void {
  if (!existsSync(from)) return;
  for (const name of readdirSync(from, { recursive: true, encoding: "utf8" })) {
    if (!gathered.test(basename(name))) continue;
    mkdirSync(dirname(join(to, name)), { recursive: true });
    cpSync(join(from, name), join(to, name));
  }
}

/** The cards of these methods, out of those of all. */
function writeCards(file: string, methods: readonly string[]): void {
  if (methods.length > 0) ticketbench("methods", "--export", file);
  const all = existsSync(file) ? parseMethodCards(readFileSync(file, "utf8"), file).methods : [];
  const cards = all.filter(({ id }) => methods.includes(id));
  writeFileSync(file, `${JSON.stringify({ version: 1, methods: cards })}\n`);
}

await script("pr:preview", main);
