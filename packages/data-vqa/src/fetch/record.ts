import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { DataError } from "../error.ts";

const RECORD_FILE = "fetched.json";

const fetchedFile = z.object({
  bytes: z.int(),
  sha256: z.string(),
  /** Milliseconds. */
  modified: z.number(),
  url: z.string(),
  /** Of an archive that was unpacked and removed: its files, with their sizes. */
  unpacked: z.record(z.string(), z.int()).optional(),
});
export type FetchedFile = z.infer<typeof fetchedFile>;

/** What was fetched into a folder: the hashes that later downloads and checks are held to. */
export type FetchRecord = Readonly<Record<string, FetchedFile>>;

/** The record of a folder; empty where nothing was fetched. */
export function readRecord(folder: string): FetchRecord {
  const path = join(folder, RECORD_FILE);
  if (!existsSync(path)) return {};
  try {
    return z.record(z.string(), fetchedFile).parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    throw new DataError(`${path} is damaged; delete it, and the files will be verified again`);
  }
}

/** Written wholly or not at all. */
export function writeRecord(folder: string, record: FetchRecord): void {
  const path = join(folder, RECORD_FILE);
  writeFileSync(`${path}.partial`, `${JSON.stringify(record, null, 2)}\n`, { flush: true });
  renameSync(`${path}.partial`, path);
}
