import { existsSync } from "node:fs";
import { join } from "node:path";
import { DataError } from "../error.ts";
import { findLayout, type FolderLayout } from "../official/layout.ts";
import { readManifest } from "../regions/manifest.ts";
import { storeFolder } from "../regions/store.ts";
import { fileState, type FileState } from "./fetch.ts";
import { readRecord } from "./record.ts";
import type { SourceManifest } from "./sources.ts";

export interface DoctorReport {
  readonly folder: string;
  readonly files: readonly { readonly name: string; readonly state: FileState }[];
  /** Feature files, or stores left of them, and whether the store is made; if not, it is when the dataset is first opened. */
  readonly stores: readonly { readonly source: string; readonly converted: boolean }[];
  /** Everything is there. */
  readonly complete: boolean;
  /** The command to give next. */
  readonly next: string;
}

/** What a folder has of a dataset, what it lacks, and the next command. */
export function examineFolder(manifest: SourceManifest, folder: string): DoctorReport {
  const record = readRecord(folder);
  const files = manifest.files.map((file) => ({ name: file.name, state: fileState(file, folder, record) }));
  const { features, stores: alone } = featuresOf(folder);
  const stores = [
    ...features.map((source) => ({ source, converted: isConverted(source) })),
    ...alone.map((source) => ({ source, converted: true })),
  ];
  const changed = files.find(({ state }) => state === "changed");
  const complete = files.every(({ state }) => state === "present" || state === "unpacked");
  const fetch = `ticketbench data fetch ${manifest.name} --out ${folder}`;
  if (changed) return { folder, files, stores, complete, next: `rm ${join(folder, changed.name)} && ${fetch}` };
  return { folder, files, stores, complete, next: complete ? `ticketbench data check ${folder}` : fetch };
}

function featuresOf(folder: string): Pick<FolderLayout, "features" | "stores"> {
  const none = { features: [], stores: [] };
  if (!existsSync(folder)) return none;
  try {
    return findLayout(folder);
  } catch (error) {
    if (error instanceof DataError) return none;
    throw error;
  }
}

function isConverted(source: string): boolean {
  try {
    return readManifest(storeFolder(source)) !== null;
  } catch (error) {
    if (error instanceof DataError) return false;
    throw error;
  }
}
