import type { Result } from "./schema/result.ts";

/** A result's file name without ".json": its id, and a revision where it replaces a result of the same cell. */
export function resultName(result: Pick<Result, "id" | "supersedes">): string {
  const [id, revision] = (result.supersedes ?? "").split(".");
  return id === result.id ? `${result.id}.${Number(revision ?? 1) + 1}` : result.id;
}

/** The results that no other one of the set replaces, in their order; a cell that is there twice, once. */
export function currentResults(results: readonly Result[]): Result[] {
  const replaced = new Set(results.map(({ supersedes }) => supersedes));
  const seen = new Set<string>();
  return results.filter((result) => {
    const name = resultName(result);
    if (replaced.has(name) || seen.has(name)) return false;
    seen.add(name);
    return true;
  });
}

/** A result and those it replaced, newest first: the history of a cell's page. */
export function historyOf(result: Result, results: readonly Result[]): Result[] {
  const byName = new Map(results.map((other) => [resultName(other), other]));
  const history = [result];
  for (let at: Result | undefined = result; at; ) {
    at = byName.get(at.supersedes ?? "");
    if (!at || history.includes(at)) break;
    history.push(at);
  }
  return history;
}
