import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const APP = fileURLToPath(new URL("..", import.meta.url));
const ASTRO = fileURLToPath(new URL("../../../node_modules/astro/bin/astro.mjs", import.meta.url));

/** A clean environment: the test runner's own variables (BASE_URL, MODE ...) mean something to the build. */
export function buildEnvironment(results: string, base = "/"): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  return {
    PATH,
    HOME,
    TMPDIR,
    ASTRO_TELEMETRY_DISABLED: "1",
    TICKETBENCH_RESULTS: results,
    TICKETBENCH_BASE: base,
    TICKETBENCH_SITE: "https://example.org",
  };
}

/** What `ticketbench site` runs. */
export function buildCommand(out: string): { command: string; args: string[]; cwd: string } {
  return { command: process.execPath, args: [ASTRO, "build", "--outDir", out], cwd: APP };
}

/**
 * Builds the site as `ticketbench site` does.
 *
 * @returns what the build printed
 * @throws the build's failure, with what it printed in `stdout` and `stderr`
 */
export async function buildSite(results: string, out: string, base = "/"): Promise<string> {
  const { command, args, cwd } = buildCommand(out);
  const { stdout, stderr } = await run(command, args, { cwd, env: buildEnvironment(results, base) });
  return stdout + stderr;
}
