/** `npm test`: formatting, lint, types and the site's build through Nx, then every test in one run. */
import { spawnSync } from "node:child_process";

function run(title: string, command: string, args: string[]): boolean {
  console.log(`\n== ${title}: ${command} ${args.join(" ")}`);
  return spawnSync(command, args, { stdio: "inherit" }).status === 0;
}

const passThrough = process.argv.slice(2);
const checks = [
  run("format", "biome", ["format", "."]),
  run("lint, types, build", "nx", ["run-many", "-t", "lint", "typecheck", "build", "--output-style=static"]),
  // After Nx, whose graph of the projects the lint reads.
  run("lint and types of the tools", "npm", ["run", "--silent", "lint:tools"]),
];
const tests = run("tests", "vitest", ["run", "--coverage", ...passThrough]);
if (!checks.every(Boolean)) console.error("A check before the tests failed: see above.");
process.exitCode = checks.every(Boolean) && tests ? 0 : 1;
