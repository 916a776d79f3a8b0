import { spawnSync } from "node:child_process";
import { basename, dirname } from "node:path";
import { ScriptError } from "./script.ts";

const folder = "packages/prune/src/methods";

/** Methods whose file a branch adds or changes since it left `base`, by name; those that it removes are none. */
export function changedMethods(base: string): string[] {
  const words = ["diff", "--name-only", "--diff-filter=d", "--no-renames", `${base}...HEAD`, "--", folder];
  const { status, stdout, stderr } = spawnSync("git", words, { encoding: "utf8" });
  if (status !== 0) throw new ScriptError(`git ${words.join(" ")}: ${stderr.trim()}`);
  const files = stdout.split("\n").filter((name) => dirname(name) === folder);
  return files
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .map((name) => basename(name, ".ts"));
}
