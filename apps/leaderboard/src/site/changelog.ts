import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Result } from "@ticketbench/results";
import { z } from "zod";

/** `changelog.json`, beside the site's sources: what a release of the project changed, in words. */
const changelogSchema = z.strictObject({
  version: z.literal(1),
  releases: z.array(
    z.strictObject({
      /** The release's version, for its address. */
      id: z.string().regex(/^[\w.-]+$/, "expected a version such as 0.1.0"),
      date: z.iso.date(),
      title: z.string().min(1),
      changes: z.array(z.string().min(1)).min(1),
    }),
  ),
});

/** Something that changed on the site: a release, or results that came in on one day. */
export interface Change {
  /** Names its anchor and its entry in the feed; never changes. */
  readonly id: string;
  /** Day it is listed under, YYYY-MM-DD. */
  readonly day: string;
  /** ISO time of the last thing in it. */
  readonly updated: string;
  readonly title: string;
  readonly lines: readonly string[];
}

/** A file that cannot be used: the build stops and says why. */
export class ChangelogError extends Error {
  override readonly name = "ChangelogError";
}

/**
 * The releases of a changelog file.
 *
 * @throws ChangelogError naming the file and the first wrong field
 */
export function parseReleases(text: string, file: string): Change[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new ChangelogError(`${file}: not JSON: ${(cause as SyntaxError).message}`);
  }
  const parsed = changelogSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new ChangelogError(`${file}: ${issue?.path.map(String).join(".") ?? ""}: ${issue?.message ?? ""}`);
  }
  return parsed.data.releases.map(({ id, date, title, changes }) => ({
    id: `release-${id}`,
    day: date,
    updated: `${date}T00:00:00.000Z`,
    title: `${id}: ${title}`,
    lines: changes,
  }));
}

function count(n: number, one: string, many = `${one}s`): string {
  return `${String(n)} ${n === 1 ? one : many}`;
}

function linesOf(results: readonly Result[]): string[] {
  const studies = new Map<string, Result[]>();
  for (const result of results) studies.set(result.study.name, [...(studies.get(result.study.name) ?? []), result]);
  const added = [...studies].map(([study, own]) => {
    const methods = [...new Set(own.flatMap(({ method }) => (method ? [method.title] : [])))].sort();
    const named = methods.slice(0, 6).join(", ");
    const rest = methods.length > 6 ? ` and ${String(methods.length - 6)} more` : "";
    return `${study}: ${count(own.length, "result")}${methods.length > 0 ? ` of ${named}${rest}` : ""}.`;
  });
  const replaced = results.filter(({ supersedes }) => supersedes !== undefined).length;
  const failed = results.filter(({ status }) => status === "failed").length;
  if (replaced > 0)
    added.push(`${count(replaced, "of them replaces", "of them replace")} earlier results, which stay reachable.`);
  if (failed > 0)
    added.push(`${count(failed, "cell")} failed and ${failed === 1 ? "is" : "are"} listed with the reason.`);
  return added;
}

/** What came in on each day, from the dates in the results themselves, replaced ones included. */
export function changesOfResults(history: readonly Result[]): Change[] {
  const days = new Map<string, Result[]>();
  for (const result of history) {
    const day = result.createdAt.slice(0, 10);
    days.set(day, [...(days.get(day) ?? []), result]);
  }
  return [...days].map(([day, results]) => ({
    id: `results-${day}`,
    day,
    updated: new Date(Math.max(...results.map(({ createdAt }) => Date.parse(createdAt)))).toISOString(),
    title: count(results.length, "result"),
    lines: linesOf(results),
  }));
}

/** Releases and results, the newest day first; on one day the release before the results. */
export function changelogOf(releases: readonly Change[], history: readonly Result[]): Change[] {
  return [...releases, ...changesOfResults(history)].sort((a, b) => (a.day === b.day ? 0 : a.day < b.day ? 1 : -1));
}

/** The releases in `changelog.json`. */
export async function loadReleases(): Promise<Change[]> {
  const file = resolve(process.env["TICKETBENCH_CHANGELOG"] ?? "");
  return parseReleases(await readFile(file, "utf8"), file);
}
