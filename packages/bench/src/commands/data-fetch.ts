import { statfs } from "node:fs/promises";
import {
  type DoctorReport,
  examineFolder,
  fetchDataset,
  type FileState,
  type SourceManifest,
} from "@ticketbench/data-vqa";
import { StudyError } from "../study/error.ts";
import { asCalled } from "./invocation.ts";
import { outputFolder } from "./output-folder.ts";
import { byteWords, ProgressLine, transferWords } from "./progress-line.ts";
import { sourceManifest } from "./source-manifest.ts";

export interface FetchWords {
  readonly out: string;
  readonly manifest?: string;
}

/** `ticketbench data fetch`: what is there is kept, what was cut is resumed; the same command goes on. */
export async function fetch(name: string, { out, manifest: file }: FetchWords): Promise<void> {
  const manifest = sourceManifest(name, file);
  await outputFolder(out);
  console.log(manifest.licence);
  await announce(manifest, out);
  const line = new ProgressLine();
  const record = await fetchDataset(manifest, out, {
    onProgress: (progress) => line.show(`${progress.name}: ${transferWords(progress)}`),
    onTrouble: (message) => line.say(message),
  }).finally(() => line.end());
  for (const { name } of manifest.files) {
    const fetched = record[name];
    if (fetched === undefined) {
      console.log(`${name}: unpacked by hand, so that nothing is known of its hash`);
      continue;
    }
    const { bytes, sha256, unpacked } = fetched;
    const inside = unpacked === undefined ? "" : `, unpacked: ${Object.keys(unpacked).join(", ")}`;
    console.log(`${name}: ${byteWords(bytes)}, sha256 ${sha256}${inside}`);
  }
  console.log(`${name} is in ${out}; next\n  ${nextCommand(examineFolder(manifest, out), file)}`);
}

/** What is to come and whether there is room for it, as far as sizes are known before the servers are asked. */
async function announce(manifest: SourceManifest, out: string): Promise<void> {
  const states = new Map(examineFolder(manifest, out).files.map(({ name, state }) => [name, state]));
  const missing = manifest.files.filter(({ name }) => !isThere(states.get(name)));
  const { bavail, bsize } = await statfs(out);
  const free = bavail * bsize;
  const needed = missing.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
  if (needed > free)
    throw new StudyError(`${out}: ${byteWords(needed)} are to come, ${byteWords(free)} are free; name another disk`);
  const isKnown = missing.every(({ bytes }) => bytes !== null);
  const size = isKnown ? `, ${byteWords(needed)}` : "";
  console.log(`${missing.length} of ${manifest.files.length} files to fetch${size}; ${byteWords(free)} free in ${out}`);
}

export interface DoctorWords {
  readonly dataset: string;
  readonly manifest?: string;
}

/** `ticketbench data doctor`: each file and store with its state, and the command that brings the folder on. */
export function doctor(folder: string, { dataset, manifest: file }: DoctorWords): void {
  const report = examineFolder(sourceManifest(dataset, file), folder);
  for (const { name, state } of report.files) console.log(`${state.padEnd(10)}${name}`);
  for (const { source, converted } of report.stores)
    console.log(
      `${converted ? "converted" : "text only"} ${source}${converted ? "" : ": a store is made on first use"}`,
    );
  const count = report.files.filter(({ state }) => isThere(state)).length;
  console.log(`${count} of ${report.files.length} files of ${dataset} are in ${folder}; next`);
  console.log(`  ${nextCommand(report, file)}`);
}

function isThere(state: FileState | undefined): boolean {
  return state === "present" || state === "unpacked";
}

function nextCommand({ next }: DoctorReport, manifest: string | undefined): string {
  const isFetch = next.includes("data fetch ");
  return asCalled(isFetch && manifest !== undefined ? `${next} --manifest ${manifest}` : next);
}
