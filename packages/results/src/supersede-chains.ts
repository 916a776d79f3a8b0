import type { Problem } from "./error.ts";
import type { Result } from "./schema/result.ts";
import { resultName } from "./supersede.ts";

/** What a result has in common with the one it replaces: the cell, though its code or data may have changed. */
function cellOf({ track, kind, method, target, seed, scope }: Result): string {
  return [track, kind, method?.id ?? "dense", target, seed, scope].join(" ");
}

/**
 * What is wrong with the histories of a set of results: a replaced result that is not there or is of another cell, one
 * that two others replace, a circle.
 *
 * @returns problems with the result's name as field
 */
export function chainProblems(results: readonly Result[]): Problem[] {
  const byName = new Map(results.map((result) => [resultName(result), result]));
  const replacedBy = new Map<string, string>();
  const problems: Problem[] = [];
  for (const result of results) {
    const [name, before] = [resultName(result), result.supersedes];
    if (before === undefined) continue;
    const complain = (message: string): unknown => problems.push({ field: name, message });
    const replaced = byName.get(before);
    if (replaced === undefined) complain(`supersedes ${before}, which is not there`);
    else if (cellOf(replaced) !== cellOf(result)) {
      complain(`supersedes ${before}, another cell (${cellOf(replaced)}, not ${cellOf(result)})`);
    }
    const other = replacedBy.get(before);
    if (other !== undefined) complain(`supersedes ${before}, which ${other} supersedes already`);
    replacedBy.set(before, name);
    if (isInCircle(result, byName)) complain("its history leads back to itself");
  }
  return problems;
}

function isInCircle(result: Result, byName: ReadonlyMap<string, Result>): boolean {
  const seen = new Set<Result>();
  for (let at = byName.get(result.supersedes ?? ""); at && !seen.has(at); at = byName.get(at.supersedes ?? "")) {
    if (at === result) return true;
    seen.add(at);
  }
  return false;
}
