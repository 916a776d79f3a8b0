/** `npm run pr:plan`: freezes a study of the methods that a branch adds or changes, with the controls they are held against. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { changedMethods, sharedChanges } from "./changed-methods.ts";
import { required, ScriptError, script } from "./script.ts";

const USAGE = `npm run pr:plan -- --base REFERENCE --study FILE [--engine NAME] [--write FILE] [--executor gha [--jobs N]]

  --base    what the branch will be merged into
  --study   its data, recipe, sparsities and seeds are taken; its methods are not
  --engine  default: tensorflow
  --write   default: plan.json
  --executor  who will run it: gha prints a workflow's matrix, and nothing else on standard output
  --jobs    jobs of that matrix`;

const CLI = fileURLToPath(new URL("../packages/bench/src/cli.ts", import.meta.url));
const controls = ["magnitude", "random", "random-erk"];

async function main(): Promise<number> {
  const string = { type: "string" } as const;
  const defaults = { engine: { ...string, default: "tensorflow" }, write: { ...string, default: "plan.json" } };
  const { values } = parseArgs({
    options: { base: string, study: string, executor: string, jobs: string, ...defaults, help: { type: "boolean" } },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const base = required(values.base, "--base");
  const changed = changedMethods(base);
  if (changed.length === 0) throw new ScriptError(await nothingToRun(base));
  const shuffled = changed.map((of) => ({ id: "shuffle", params: { of } }));
  const methods = JSON.stringify([...new Set([...controls, ...changed]), ...shuffled]);
  const words = ["--set", `methods=${methods}`, "--engine", values.engine, "--write", values.write];
  for (const name of ["executor", "jobs"] as const) {
    const value = values[name];
    if (value !== undefined) words.push(`--${name}`, value);
  }
  const { status } = spawnSync(process.execPath, [CLI, "plan", required(values.study, "--study"), ...words], {
    stdio: "inherit",
  });
  return Promise.resolve(status ?? 1);
}

/** Methods that changed through a shared file alone are a choice of the maintainer: there can be two dozen of them. */
async function nothingToRun(base: string): Promise<string> {
  const through = new Set((await sharedChanges(base)).parts.flatMap(({ methods }) => methods));
  const shared = `; changed through files that they share: ${[...through].sort().join(", ")}: plan those that matter with ticketbench plan --methods`;
  return `no method's own file is added or changed: there is nothing to run${through.size > 0 ? shared : ""}`;
}

await script("pr:plan", main);
