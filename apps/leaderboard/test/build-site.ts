import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const APP = fileURLToPath(new URL("..", import.meta.url));
const ASTRO = fileURLToPath(new URL("../../../node_modules/astro/bin/astro.mjs", import.meta.url));

/**
 * Builds the site as `ticketbench site` does.
 *
 * @returns what the build printed
 * @throws the build's failure, with what it printed in `stdout` and `stderr`
 */
export async function buildSite(results: string, out: string, base = "/"): Promise<string> {
  // A clean environment: the test runner's own variables (BASE_URL, MODE ...) mean something to the build.
  const { PATH, HOME, TMPDIR } = process.env;
  const env = {
    PATH,
    HOME,
    TMPDIR,
    ASTRO_TELEMETRY_DISABLED: "1",
    TICKETBENCH_RESULTS: results,
    TICKETBENCH_BASE: base,
    TICKETBENCH_SITE: "https://example.org",
  };
  const { stdout, stderr } = await run(process.execPath, [ASTRO, "build", "--outDir", out], { cwd: APP, env });
  return stdout + stderr;
}
