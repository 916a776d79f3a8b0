/**
 * `npm run release:snapshot`: the published results of a commit as files that never change: an archive, a table, what is
 * new since the release before, metadata for Zenodo, and checksums. The same commit gives the same bytes.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { type Result, tableOf, toCsv, toParquet } from "@ticketbench/results";
import { readResults } from "@ticketbench/results/node";
import { changelog } from "./release/changelog.ts";
import { zenodoMetadata } from "./release/zenodo.ts";
import { required, ScriptError, script } from "./script.ts";

const USAGE = `npm run release:snapshot -- --version 2026.11 [--since REFERENCE] [--out FOLDER]

  --version  name of the release: its tag is results-v<version>
  --since    the release before (default: the last tag results-v*)
  --out      an empty folder (default: release)`;

function git(...words: readonly string[]): Buffer {
  const { status, stdout, stderr } = spawnSync("git", words, { maxBuffer: 2 ** 30 });
  if (status !== 0) throw new ScriptError(`git ${words.join(" ")}: ${String(stderr).trim()}`);
  return stdout;
}

/** The last release's tag before this commit; null for the first one. */
function lastRelease(): string | null {
  const words = ["describe", "--tags", "--abbrev=0", "--match", "results-v*", "HEAD^"];
  const { status, stdout } = spawnSync("git", words, { encoding: "utf8" });
  return status === 0 ? stdout.trim() : null;
}

function requireClean(): void {
  const changed = git("status", "--porcelain", "--", "results").toString().trim();
  if (changed !== "") throw new ScriptError(`results/ has changes that are not committed:\n${changed}`);
}

async function resultsNow(): Promise<Map<string, Result>> {
  const stored = await readResults("results");
  return new Map(stored.map(({ file, result }) => [file, result]));
}

async function main(): Promise<number> {
  const string = { type: "string" } as const;
  const { values } = parseArgs({
    options: { version: string, since: string, out: { ...string, default: "release" }, help: { type: "boolean" } },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const version = required(values.version, "--version");
  if (!/^\d+(\.\d+)*$/.test(version))
    throw new ScriptError(`--version ${version}: expected numbers with dots: 2026.11`);
  if (existsSync(values.out) && readdirSync(values.out).length > 0) {
    throw new ScriptError(`${values.out}: not empty; a snapshot is never written over`);
  }
  requireClean();
  const since = values.since ?? lastRelease();
  const before =
    since === null ? [] : git("ls-tree", "-r", "--name-only", since, "--", "results").toString().split("\n");
  const results = await resultsNow();
  const date = git("show", "-s", "--format=%cs", "HEAD").toString().trim();
  const rows = tableOf([...results.values()]);
  const name = `ticketbench-results-${version}`;
  const files: Readonly<Record<string, string | Uint8Array>> = {
    [`${name}.tar.gz`]: gzipSync(git("archive", `--prefix=${name}/`, "HEAD", "results", "LICENSE")),
    "results.csv": toCsv(rows),
    "results.parquet": toParquet(rows),
    "CHANGELOG.md": changelog({ version, date, since, before: new Set(before), results }),
    "zenodo.json": `${JSON.stringify(zenodoMetadata({ version, date, results: [...results.values()] }), null, 2)}\n`,
  };
  mkdirSync(values.out, { recursive: true });
  for (const [file, content] of Object.entries(files)) writeFileSync(join(values.out, file), content);
  writeFileSync(join(values.out, "SHA256SUMS"), checksums(values.out, Object.keys(files)));
  console.log(`${results.size} results, ${rows.length} rows in ${values.out}: ${Object.keys(files).join(", ")}`);
  return 0;
}

/** As `sha256sum --check` reads them. */
function checksums(folder: string, files: readonly string[]): string {
  const sum = (file: string): string =>
    createHash("sha256")
      .update(readFileSync(join(folder, file)))
      .digest("hex");
  return files.map((file) => `${sum(file)}  ${file}\n`).join("");
}

await script("release:snapshot", main);
