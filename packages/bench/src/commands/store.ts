import { resolve } from "node:path";
import { collectGarbage, removeOldDrafts } from "../run/garbage.ts";
import { Workspace } from "../run/workspace.ts";
import { StudyError } from "../study/error.ts";

const UNITS: Readonly<Record<string, number>> = { B: 1, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

/** `ticketbench store verify`: exit code 1 when an artifact was damaged. */
export async function verify(words: { work: string }): Promise<void> {
  const { store } = new Workspace(resolve(words.work));
  const { whole, damaged } = await store.verify();
  console.log(`${whole.length} artifacts whole, ${damaged.length} damaged in ${store.folder}`);
  for (const hash of damaged) console.log(`removed ${hash}: the cell that made it will make it again`);
  process.exitCode = damaged.length > 0 ? 1 : 0;
}

/** `ticketbench store gc`. */
export async function gc(words: { work: string; limit: string }): Promise<void> {
  const { store, root } = new Workspace(resolve(words.work));
  await removeOldDrafts(root);
  const { removed, freed, left } = await collectGarbage(store, parseSize(words.limit));
  console.log(`removed ${removed} artifacts (${megabytes(freed)}), ${megabytes(left)} left in ${store.folder}`);
}

function parseSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?) ?([KMGT]?B)?$/i.exec(text);
  const unit = UNITS[(match?.[2] ?? "B").toUpperCase()];
  if (match === null || unit === undefined)
    throw new StudyError(`--limit ${text}: expected a size such as 500MB or 2GB`);
  return Number(match[1]) * unit;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
