import { existsSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { hashFile } from "../disk.ts";
import { DataError } from "../error.ts";
import { downloadFile } from "./download.ts";
import type { DownloadOptions } from "./mirror.ts";
import { type FetchedFile, type FetchRecord, readRecord, writeRecord } from "./record.ts";
import type { SourceFile, SourceManifest } from "./sources.ts";
import { extractZip } from "./zip.ts";

/** `unpacked`: an archive is not there, but what it holds is, unverified. */
export type FileState = "present" | "unpacked" | "partial" | "missing" | "changed";

/**
 * Fetch every file of a dataset that a folder does not have yet, and verify it; archives are unpacked and then removed.
 * One file that cannot be had does not keep the others from being fetched; it is an error at the end.
 */
export async function fetchDataset(
  manifest: SourceManifest,
  folder: string,
  options: DownloadOptions = {},
): Promise<FetchRecord> {
  let record = readRecord(folder);
  const failures: string[] = [];
  const unknownHosts = new Set<string>();
  for (const file of manifest.files) {
    const state = fileState(file, folder, record);
    if (state === "unpacked" || (state === "present" && record[file.name])) continue;
    try {
      record = { ...record, [file.name]: await obtain(file, folder, record, options, unknownHosts) };
      writeRecord(folder, record);
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      failures.push(error.message);
    }
  }
  if (failures.length > 0) throw new DataError(failures.join("\n"));
  return record;
}

/** Whether a folder has a file (or what it unpacked to), judged by size and time of change against the record. */
export function fileState(file: SourceFile, folder: string, record: FetchRecord): FileState {
  const known = record[file.name];
  if (known?.unpacked) return unpackedState(known.unpacked, folder);
  const path = join(folder, file.name);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat && file.holds?.every((name) => existsSync(join(folder, name)))) return "unpacked";
  if (!stat) return existsSync(`${path}.part`) ? "partial" : "missing";
  if (known && stat.size === known.bytes && stat.mtimeMs === known.modified) return "present";
  const sha256 = known?.sha256 ?? file.sha256;
  if (sha256 !== null && hashFile(path) !== sha256) return "changed";
  return file.bytes !== null && stat.size !== file.bytes ? "changed" : "present";
}

function unpackedState(unpacked: Readonly<Record<string, number>>, folder: string): FileState {
  for (const [name, bytes] of Object.entries(unpacked)) {
    const stat = statSync(join(folder, name), { throwIfNoEntry: false });
    if (!stat) return "missing";
    if (stat.size !== bytes) return "changed";
  }
  return "present";
}

/** A file that lies there already is taken if it is right; the hash of its first download is held to. */
async function obtain(
  file: SourceFile,
  folder: string,
  record: FetchRecord,
  options: DownloadOptions,
  unknownHosts: Set<string>,
): Promise<FetchedFile> {
  const path = join(folder, file.name);
  const sha256 = file.sha256 ?? record[file.name]?.sha256 ?? null;
  const state = fileState(file, folder, record);
  if (state === "changed") {
    throw new DataError(`${path} is not the file that was published or fetched before; delete it and fetch again`);
  }
  const got =
    state === "present"
      ? { bytes: statSync(path).size, sha256: hashFile(path), url: "already here" }
      : await downloadFile({ ...file, sha256 }, path, options, unknownHosts);
  const { mtimeMs: modified } = statSync(path);
  if (!file.name.endsWith(".zip")) return { ...got, modified };
  const names = await extractZip(path, folder);
  rmSync(path);
  const unpacked = Object.fromEntries(names.map((name) => [name, statSync(join(folder, name)).size]));
  return { ...got, modified, unpacked };
}
