import { spawn } from "node:child_process";
import { once } from "node:events";
import { delimiter, join, resolve } from "node:path";
import { REPOSITORY, resultFolders } from "./past-results.ts";
import { parsePort, serveFolder } from "./static-server.ts";

export interface SiteWords {
  readonly work: string;
  readonly results?: readonly string[];
  readonly to?: string;
  readonly port: string;
  readonly serve: boolean;
  /** A method whose curve is drawn dashed, for it is not published yet. */
  readonly preview?: string;
}

/** `ticketbench site`: build the leaderboard on these results and show it until Ctrl-C. */
export async function site(words: SiteWords): Promise<void> {
  const port = parsePort(words.port);
  const folders = (words.results ?? resultFolders(words.work)).map((folder) => resolve(folder));
  const out = resolve(words.to ?? join(words.work, "site"));
  const astro = join(REPOSITORY, "node_modules", "astro", "bin", "astro.mjs");
  const build = spawn(process.execPath, [astro, "build", "--outDir", out], {
    cwd: join(REPOSITORY, "apps", "leaderboard"),
    stdio: "inherit",
    env: {
      ...process.env,
      TICKETBENCH_RESULTS: folders.join(delimiter),
      ASTRO_TELEMETRY_DISABLED: "1",
      ...(words.preview === undefined ? {} : { TICKETBENCH_PREVIEW: words.preview }),
    },
  });
  const [code] = (await once(build, "close")) as [number | null];
  if (code !== 0) throw new Error(`the site could not be built (exit code ${code}): see above`);
  console.log(`the site of ${folders.join(", ")} is in ${out}`);
  if (words.serve) await serveFolder(out, port, { open: false });
}
