/** `npm run pr:plan`: freezes a study of the methods that a branch adds or changes, with the controls they are held against. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { changedMethods } from "./changed-methods.ts";
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
  const changed = changedMethods(required(values.base, "--base"));
  if (changed.length === 0) throw new ScriptError("no method is added or changed: there is nothing to run");
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

await script("pr:plan", main);
