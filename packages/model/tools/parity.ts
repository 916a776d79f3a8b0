/**
 * Compares this package with the original on a directory of expected values: `parity.ts DIR [--engine NAME]`. One line a
 * file; exits 1 when a file fails, 2 when the command makes no sense.
 */
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { ENGINE_NAMES, EngineError, type EngineName } from "@ticketbench/backend";
import { openEngine } from "@ticketbench/backend/node";
import { checkableFiles, checkFile, filesOfData, type FileVerdict } from "../src/parity/checks.ts";

const USAGE = `usage: npm run parity -- DIR [--engine ${ENGINE_NAMES.join("|")}]`;

function refuse(message: string): never {
  console.error(message);
  process.exit(2);
}

function readArguments(): { directory: string; engine: EngineName } {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { engine: { type: "string", default: "wasm" }, help: { type: "boolean", short: "h" } },
    });
    if (values.help === true) {
      console.log(`${USAGE}

Compares LXMERT as it is here with the values that the original computed: DIR is laid out like packages/model/fixtures, in
any sizes that its config.json names. One line a file; exit code 1 when a file fails.`);
      process.exit(0);
    }
    const [directory] = positionals;
    if (directory === undefined || positionals.length > 1) return refuse(USAGE);
    if (!existsSync(directory)) return refuse(`${directory}: no such directory`);
    const engine = ENGINE_NAMES.find((name) => name === values.engine);
    return engine === undefined ? refuse(`no engine ${values.engine}\n${USAGE}`) : { directory, engine };
  } catch (error) {
    return refuse(`${(error as Error).message}\n${USAGE}`);
  }
}

function line({ file, comparisons, failures, worst }: FileVerdict): string {
  const verdict = failures.length === 0 ? "passed" : "FAILED";
  const figures = `largest error ${worst.error.toExponential(1)} of ${worst.tolerance.toExponential(1)} allowed`;
  const where = failures.length === 0 ? "" : `; ${failures.length} past it, worst: ${worst.what}`;
  return `${verdict}  ${file.padEnd(46)} ${String(comparisons).padStart(5)} comparisons, ${figures}${where}`;
}

const { directory, engine } = readArguments();
try {
  const { name, version, arithmetic } = await openEngine(engine);
  console.log(`engine ${name}: ${version}, ${arithmetic}`);
} catch (error) {
  if (error instanceof EngineError) refuse(error.message);
  throw error;
}
const files = await checkableFiles(directory);
if (files.length === 0) refuse(`${directory}: holds no file of expected values that the model package knows`);
let failed = 0;
for (const file of files) {
  try {
    const verdict = await checkFile(directory, file);
    if (verdict.failures.length > 0) failed++;
    console.log(line(verdict));
  } catch (error) {
    failed++;
    console.log(`FAILED  ${file}: ${(error as Error).message}`);
  }
}
console.log(`${files.length - failed} of ${files.length} files passed`);
const others = await filesOfData(directory);
if (others.length > 0)
  console.log(`(${others.length} files of eval/ and tsv/ are about data: the tests of packages/data-vqa compare them)`);
process.exitCode = failed > 0 ? 1 : 0;
