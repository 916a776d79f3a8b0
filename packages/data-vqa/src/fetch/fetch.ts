import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { hashFile } from "../disk.ts";
import { DataError } from "../error.ts";
import { downloadFile, type DownloadOptions } from "./download.ts";
import type { SourceFile, SourceManifest } from "./sources.ts";

const RECORD_FILE = "fetched.json";
const recordSchema = z.record(
  z.string(),
  z.object({ bytes: z.int(), sha256: z.string(), modified: z.number(), url: z.string() }),
);
/** What was fetched into a folder: the hashes that later downloads and checks are held to. */
export type FetchRecord = z.infer<typeof recordSchema>;

export type FileState = "present" | "partial" | "missing" | "changed";

/** The record of a folder; empty where nothing was fetched. */
export function readRecord(folder: string): FetchRecord {
  const path = join(folder, RECORD_FILE);
  if (!existsSync(path)) return {};
  try {
    return recordSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    throw new DataError(`${path} is damaged; delete it, and the files will be verified again`);
  }
}

/**
 * Fetch every file of a dataset that a folder does not have yet, and verify it. One file that cannot be had does not
 * keep the others from being fetched; it is an error at the end.
 */
export async function fetchDataset(
  manifest: SourceManifest,
  folder: string,
  options: DownloadOptions = {},
): Promise<FetchRecord> {
  let record = readRecord(folder);
  const failures: string[] = [];
  for (const file of manifest.files) {
    if (fileState(file, folder, record) === "present" && record[file.name]) continue;
    try {
      record = { ...record, [file.name]: await obtain(file, folder, record, options) };
      writeRecord(folder, record);
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      failures.push(error.message);
    }
  }
  if (failures.length > 0) throw new DataError(failures.join("\n"));
  return record;
}

/** Whether a folder has a file, judged by size and time of change against what was recorded. */
export function fileState(file: SourceFile, folder: string, record: FetchRecord): FileState {
  const path = join(folder, file.name);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return existsSync(`${path}.part`) ? "partial" : "missing";
  const known = record[file.name];
  if (known && stat.size === known.bytes && stat.mtimeMs === known.modified) return "present";
  const sha256 = known?.sha256 ?? file.sha256;
  if (sha256 !== null && hashFile(path) !== sha256) return "changed";
  return file.bytes !== null && stat.size !== file.bytes ? "changed" : "present";
}

/** A file that lies there already is taken if it is right; the hash of its first download is held to. */
async function obtain(file: SourceFile, folder: string, record: FetchRecord, options: DownloadOptions) {
  const path = join(folder, file.name);
  const sha256 = file.sha256 ?? record[file.name]?.sha256 ?? null;
  const state = fileState(file, folder, record);
  if (state === "changed") {
    throw new DataError(`${path} is not the file that was published or fetched before; delete it and fetch again`);
  }
  const got =
    state === "present"
      ? { bytes: statSync(path).size, sha256: hashFile(path), url: "already here" }
      : await downloadFile({ ...file, sha256 }, path, options);
  return { ...got, modified: statSync(path).mtimeMs };
}

function writeRecord(folder: string, record: FetchRecord): void {
  const path = join(folder, RECORD_FILE);
  writeFileSync(`${path}.partial`, `${JSON.stringify(record, null, 2)}\n`, { flush: true });
  renameSync(`${path}.partial`, path);
}
