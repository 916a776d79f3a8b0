import { copyFile, mkdir, readFile } from "node:fs/promises";
import { basename, join, relative, resolve } from "node:path";
import { existsSync } from "node:fs";
import { methodPath } from "@ticketbench/prune/node";
import {
  readDatasetCards,
  readMethodCards,
  readResults,
  writeDatasetCard,
  writeMethodCards,
} from "@ticketbench/results/node";
import type { MethodCard } from "@ticketbench/results";
import { writeAtomic } from "../run/atomic-file.ts";
import { contributionOf } from "../sandbox/contribution.ts";
import { methodFiles } from "../sandbox/grants.ts";
import { StudyError } from "../study/error.ts";
import { Clone } from "./clone.ts";
import { REPOSITORY } from "./past-results.ts";
import { type Preview, previewOf, type PreviewWords, PUBLISHED } from "./preview.ts";
import { pullRequestText } from "./submit-text.ts";

export interface SubmitMethodWords extends Omit<PreviewWords, "open" | "port"> {
  readonly branch?: string;
}

/**
 * `ticketbench submit`: a method's file, the results of its preview and its card on a branch of this clone, with the text of
 * the pull request as the commit's message. Touches nothing else, and refuses a clone with other changes.
 */
export async function submitMethod(nameOrPath: string, words: SubmitMethodWords): Promise<void> {
  const { id, file } = await contributionOf(nameOrPath);
  const textFile = resolve(words.work, "preview", `${id}.md`);
  const clone = await Clone.open();
  const own = await ownFiles(id, file);
  await refuseTodos(own);
  await refuseOtherChanges(clone, own);
  const preview = await previewOf(id, words);
  refuseFailures(preview);
  const { card } = preview;
  const branch = words.branch ?? `method/${id}`;
  await clone.begin(branch);
  const files = [...own, ...(await publish(preview)), await publishCard(card)];
  const text = pullRequestText(card, preview.comment, `ticketbench submit ${id}`);
  const changed = await clone.commit(files, text);
  await writeAtomic(textFile, `${text}\n`);
  console.log(`${changed} files on branch ${branch}; the text of the pull request is in ${textFile}. Now`);
  console.log(`  git push --set-upstream origin ${branch}`);
  console.log(`and open a pull request with that text.`);
}

/** The method's file, the neighbours it imports, and its test. */
async function ownFiles(id: string, file: string): Promise<string[]> {
  const home = methodPath(id);
  if (file !== home)
    throw new StudyError(
      `${file}: a method to submit lies in the repository; move it to ${relative(REPOSITORY, home)}`,
    );
  const test = file.replace(/\.ts$/, ".test.ts");
  if (!existsSync(test)) throw new StudyError(`${relative(REPOSITORY, test)}: a method to submit has a test beside it`);
  return [...(await methodFiles(file)), test];
}

/** What the pull request's lint would refuse, told before minutes of preview. */
async function refuseTodos(own: readonly string[]): Promise<void> {
  for (const file of own) {
    const lines = (await readFile(file, "utf8")).split("\n");
    const at = lines.findIndex((line) => /\/[/*].*\btodo\b/i.test(line));
    if (at < 0) continue;
    const place = `${relative(REPOSITORY, file)}:${at + 1}`;
    throw new StudyError(`${place}: a TODO is left, which the lint refuses: ${lines[at]?.trim()}`);
  }
}

async function refuseOtherChanges(clone: Clone, own: readonly string[]): Promise<void> {
  const mine = new Set(own.map((file) => relative(REPOSITORY, file)));
  const others = (await clone.changes()).filter((file) => !mine.has(file));
  if (others.length === 0) return;
  const named = others.slice(0, 5).join(", ");
  throw new StudyError(
    `${others.length} changes besides the method's (${named}): commit, stash or remove them; a submission is one method`,
  );
}

function refuseFailures({ method, card, results }: Preview): void {
  const finding = card.conformance.find(({ outcome }) => outcome === "failed");
  if (finding !== undefined)
    throw new StudyError(`${method.id} does not pass its check: ${finding.check}: ${finding.line}`);
  const failed = results.find((result) => result.status === "failed");
  if (failed?.status === "failed")
    throw new StudyError(`a cell of ${method.id}'s preview failed: ${failed.failure.message}`);
}

/** Copies results that are not published yet, and the cards of their questions; returns the files. */
async function publish({ study, folder }: Preview): Promise<string[]> {
  const known = new Set((await readResults(PUBLISHED)).map(({ result }) => result.id));
  const target = join(PUBLISHED, study);
  await mkdir(target, { recursive: true });
  const files: string[] = [];
  for (const { file, result } of await readResults(folder)) {
    if (known.has(result.id)) continue;
    const copy = join(target, basename(file));
    await copyFile(file, copy);
    files.push(copy);
  }
  for (const card of await readDatasetCards(folder)) files.push(await writeDatasetCard(PUBLISHED, card));
  return files;
}

/** Puts the method's card, its citation in it, among those of the others. */
async function publishCard(card: MethodCard): Promise<string> {
  const others = (await readMethodCards(PUBLISHED))?.methods.filter(({ id }) => id !== card.id) ?? [];
  const methods = [...others, card].sort((a, b) => (a.id < b.id ? -1 : 1));
  return writeMethodCards(PUBLISHED, { version: 1, methods });
}
