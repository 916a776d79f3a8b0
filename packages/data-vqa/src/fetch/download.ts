import * as fs from "node:fs";
import { dirname } from "node:path";
import { DataError } from "../error.ts";
import { explainDiskError } from "../disk.ts";
import { type Downloaded, type DownloadOptions, HostUnknown, MirrorDownload, MirrorRefused } from "./mirror.ts";
import type { SourceFile } from "./sources.ts";

/**
 * Fetch a file to `path`: from the first mirror that serves it whole and right, taking up what an interrupted run left
 * in `path.part`. The file appears under its name only when size and hash are verified.
 * @param unknownHosts hosts that no name server knew: not asked again, and added to
 */
export async function downloadFile(
  file: SourceFile,
  path: string,
  options: DownloadOptions = {},
  unknownHosts = new Set<string>(),
): Promise<Downloaded> {
  fs.mkdirSync(dirname(path), { recursive: true });
  const refusals: string[] = [];
  for (const url of file.urls) {
    const { hostname } = new URL(url);
    if (unknownHosts.has(hostname)) {
      refusals.push(`${url}: ${hostname} could not be found before`);
      continue;
    }
    const download = new MirrorDownload(file, url, `${path}.part`, options);
    try {
      const done = await download.run();
      fs.renameSync(`${path}.part`, path);
      return done;
    } catch (error) {
      if (!(error instanceof MirrorRefused)) throw explainDiskError(error, `fetching ${path}`);
      if (error instanceof HostUnknown) unknownHosts.add(hostname);
      refusals.push(`${url}: ${error.message}`);
      options.onTrouble?.(`gave up ${url}: ${error.message}`);
    }
  }
  throw new DataError(
    `${file.name} could not be fetched; run again to go on, or put the file at ${path} yourself.\n${refusals.join("\n")}`,
  );
}
