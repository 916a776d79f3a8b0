import { currentResults, type Result } from "@ticketbench/results";

/** What a changelog tells of. */
export interface Release {
  readonly version: string;
  /** Of the commit: 2026-11-25. */
  readonly date: string;
  /** The release before; null for the first one. */
  readonly since: string | null;
  /** Files that were there in that release. */
  readonly before: ReadonlySet<string>;
  /** Results by file. */
  readonly results: ReadonlyMap<string, Result>;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** What is new in a release, by study and method. */
export function changelog({ version, date, since, before, results }: Release): string {
  const fresh = [...results].filter(([file]) => !before.has(file)).map(([, result]) => result);
  const replaced = fresh.filter(({ supersedes }) => supersedes !== undefined).length;
  const failed = fresh.filter(({ status }) => status === "failed").length;
  const current = currentResults([...results.values()]).length;
  const lines = [
    `# Results ${version} (${date})`,
    "",
    `${count(current, "current result")} of ${results.size}. Since ${since ?? "the beginning"}: ${count(fresh.length, "new result")}, of which ` +
      `${replaced} supersede an older one and ${failed} are failures.`,
  ];
  for (const [study, ofStudy] of Map.groupBy(fresh, (result) => `${result.study.name} (${result.track})`)) {
    lines.push("", `## ${study}`, "");
    const methods = Map.groupBy(ofStudy, ({ method }) => method?.id ?? "dense");
    for (const [method, own] of [...methods].sort(([a], [b]) => (a < b ? -1 : 1))) {
      lines.push(`- ${method}: ${count(own.length, "result")}, ${tiersText(own)}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

function tiersText(results: readonly Result[]): string {
  const tiers = Map.groupBy(results, ({ tier }) => tier);
  return [...tiers].map(([tier, own]) => `${own.length} ${tier}`).join(", ");
}
