/**
 * Compiles `assembly/` to both builds under `artifacts/`. With `--check`, compiles aside and compares: the committed
 * bytes must be what the sources give.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const home = fileURLToPath(new URL("..", import.meta.url));
const compiler = fileURLToPath(import.meta.resolve("assemblyscript/bin/asc.js"));
const BUILDS = { relaxed: "simd,relaxed-simd", plain: "simd" };

/** Compiles one build and returns its bytes' file. Static data would land in memory that belongs to tensors. */
function compile(build: keyof typeof BUILDS, folder: string): string {
  const file = join(folder, `kernels.${build}.wasm`);
  const text = join(folder, `kernels.${build}.wat`);
  const options = [
    "--runtime",
    "stub",
    "--importMemory",
    "--initialMemory",
    "1",
    "--noExportMemory",
    "-O3",
    "--noAssert",
  ];
  const run = spawnSync(
    process.execPath,
    [compiler, "assembly/index.ts", "-o", file, "-t", text, ...options, "--enable", BUILDS[build]],
    { cwd: home, encoding: "utf8" },
  );
  if (run.status !== 0) throw new Error(`asc failed on the ${build} build:\n${run.stdout}${run.stderr}`);
  const forbidden = /\((data|start)\b|\(import "env" "abort"/.exec(readFileSync(text, "utf8"));
  if (forbidden)
    throw new Error(`the ${build} build contains ${forbidden[0]}: kernels may hold no static data and no start code`);
  return file;
}

const folder = mkdtempSync(join(tmpdir(), "ticketbench-kernels-"));
try {
  for (const build of ["relaxed", "plain"] as const) {
    const made = compile(build, folder);
    const kept = join(home, "artifacts", `kernels.${build}.wasm`);
    if (!process.argv.includes("--check")) {
      mkdirSync(join(home, "artifacts"), { recursive: true });
      copyFileSync(made, kept);
      console.log(`artifacts/kernels.${build}.wasm: ${readFileSync(made).length} bytes`);
    } else if (!readFileSync(made).equals(readFileSync(kept))) {
      console.error(
        `artifacts/kernels.${build}.wasm is not what assembly/ gives: run npm run kernels -w packages/backend`,
      );
      process.exitCode = 1;
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
