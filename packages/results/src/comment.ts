import {
  against,
  bestAt,
  contenderAt,
  type Evidence,
  evidenceOf,
  type Line,
  meanOf,
  rivalsOf,
  settingsKey,
  targetsOf,
} from "./comment-evidence.ts";
import { bytesOf, link, table, untrusted } from "./comment-text.ts";
import { shown, verdictLine } from "./comment-verdict.ts";
import type { DoneResult, FailedResult, Result } from "./schema/result.ts";
import { points, shareText, signedPoints } from "./statistics/notation.ts";
import { rankTies } from "./statistics/rank.ts";
import { mean } from "./statistics/summary.ts";
import { minimumSeeds } from "./statistics/verdict.ts";
import { currentResults } from "./supersede.ts";

/** What the conformance kit said about one property of the method. */
export interface ConformanceLine {
  readonly check: string;
  readonly outcome: "passed" | "warned" | "failed";
  readonly line: string;
}

/** Everything a comment on a pull request is written from. Only the links are ours; all else is a stranger's. */
export interface VerdictCommentInput {
  /** Id of the contributed method. */
  readonly method: string;
  /** The pull request's results: of the method and of the controls that were run beside it. */
  readonly results: readonly Result[];
  /** The published results. */
  readonly baseline: readonly Result[];
  readonly conformance: readonly ConformanceLine[];
  readonly links: {
    /** The page on which the method is compared, question by question. */
    readonly compare?: string;
    /** The run whose artifact holds the results. */
    readonly run?: string;
  };
}

/** First line of a comment: how the next one finds it. */
export const commentMarker = "<!-- ticketbench-verdict -->";

/** GitHub refuses comments above 65,536; what is sent stays below this many bytes. */
export const commentLimit = 65_000;

const listed = 30;

/**
 * The comment on a pull request: verdict, accuracies before and after, tie groups, shuffle ablation, conformance, cost.
 * Every sentence comes from the tests that the site uses. Text from the pull request appears in code spans only.
 *
 * @param limit bytes it may have: less than `commentLimit` where several share one comment
 * @returns Markdown; sections that do not fit are left out, which is said
 */
export function verdictComment(input: VerdictCommentInput, limit = commentLimit): string {
  const evidence = evidenceOf(input.method, input.results, input.baseline);
  const sections = [
    ...evidence.flatMap((one) => [verdictSection(one), accuracySection(one), shuffleSection(one), tieSection(one)]),
    ...(evidence.length === 0 ? [`No finished result of ${untrusted(input.method)}: there is nothing to judge.`] : []),
    failureSection(input),
    conformanceSection(input.conformance),
    ...evidence.map(costSection),
  ].filter((section) => section !== null);
  const title = `${commentMarker}\n## TicketBench: ${untrusted(input.method, 80)}`;
  return fitted(title, sections, footer(input), limit);
}

/** As many sections as the limit allows, in their order. */
function fitted(title: string, sections: readonly string[], end: string, limit: number): string {
  const left = "Some sections are left out: the comment would be too long. The artifact of the run has all.";
  let room = limit - bytesOf([title, left, end].join("\n\n")) - 2;
  const kept = sections.filter((section) => {
    const size = bytesOf(section) + 2;
    if (size > room) return false;
    room -= size;
    return true;
  });
  return [title, ...kept, ...(kept.length < sections.length ? [left] : []), end].join("\n\n");
}

/** The line a verdict is given against: magnitude, the simplest method, unless it is magnitude that is judged. */
function opponent(evidence: Evidence): Line | null {
  const names = ["magnitude", "random-erk", "random"].filter((name) => name !== evidence.own.method);
  const found = names.map((name) => lineOf(evidence, name)).find((line) => line !== null);
  return found ?? evidence.dense;
}

/** The control of that name; where there are several variants of it, the one of the same study settings. */
function lineOf({ own, others }: Evidence, name: string): Line | null {
  const lines = others.filter(({ method, of }) => method === name && of === null);
  const settings = ({ results: [first] }: Line): string => (first === undefined ? "" : settingsKey(first));
  return lines.find((line) => settings(line) === settings(own)) ?? lines[0] ?? null;
}

function verdictSection(evidence: Evidence): string {
  const line = opponent(evidence);
  const curve = line && against(evidence, line.name, () => line);
  const what = evidence.own.name === evidence.own.method ? "" : `${untrusted(evidence.own.name, 160)}: `;
  if (!line || !curve) return `**${what}Nothing to compare with: no control shares a seed with it.**`;
  return `**${what}${verdictLine(line.name, curve)}**`;
}

/** Accuracy before and after, and the paired difference to dense, magnitude, random-ERK and the best, by sparsity. */
function accuracySection(evidence: Evidence): string {
  const { own, before, dense, phase } = evidence;
  const columns: [string, (target: number) => Line | null][] = [
    ["dense", () => dense],
    ["magnitude", () => lineOf(evidence, "magnitude")],
    ["random-erk", () => lineOf(evidence, "random-erk")],
    ["the best other", (target) => bestAt(evidence, target)],
  ];
  const curves = columns.map(([name, line]) => against(evidence, name, line));
  const rows = targetsOf(own).map((target) => {
    const accuracy = (line: Line | null): string => {
      const value = line && meanOf(contenderAt(line, target, phase));
      return value === null ? "" : points(value);
    };
    const differences = columns.map(([name, line], column) => {
      const point = curves[column]?.points.find(({ sparsity }) => sparsity === target);
      if (point === undefined) return "";
      const best = name === "the best other" ? `, ${shown(line(target)?.name ?? "")}` : "";
      const { difference, interval, outcome } = point;
      return `${signedPoints(difference)} (${points(interval.low)} to ${points(interval.high)}) ${outcome}${best}`;
    });
    const share = measuredShare(own.results.filter((result) => result.target === target));
    return [shareText(target), ...share, accuracy(before), accuracy(own), ...differences];
  });
  const head = ["asked", "removed", "of all", "before", "after", ...columns.map(([name]) => `against ${name}`)];
  const title = `### Accuracy, % (${phase}), and paired difference in points (95 % interval)`;
  return `${title}\n\n${table(head, rows)}`;
}

function measuredShare(results: readonly DoneResult[]): [prunable: string, total: string] {
  const of = (share: "prunable" | "total"): string => points(mean(results.map(({ measured }) => measured[share])));
  return [of("prunable"), of("total")];
}

/** Whether the places of the kept weights matter, or only how many each layer keeps. */
function shuffleSection(evidence: Evidence): string | null {
  const shuffled = evidence.others.find(({ method, of }) => method === "shuffle" && of === evidence.own.method);
  const curve = shuffled && against(evidence, shuffled.name, () => shuffled);
  if (!shuffled || !curve) return null;
  const meaning = {
    better: "the places of its weights matter",
    worse: "a random choice with its layer ratios does better",
    tied: "only its layer ratios matter",
    undecided: "cannot be said",
  };
  const rows = curve.points.map(({ sparsity, meanA, meanB, difference, interval, outcome }) => [
    shareText(sparsity),
    points(meanA),
    points(meanB),
    `${signedPoints(difference)} (${points(interval.low)} to ${points(interval.high)})`,
    meaning[outcome],
  ]);
  const head = ["asked", "as chosen", "shuffled in each layer", "difference", "so"];
  return `### Shuffle ablation\n\n${table(head, rows)}`;
}

/** Ranks with ties at each sparsity: those of equal rank cannot be told apart by who beats them. */
function tieSection(evidence: Evidence): string | null {
  const { own, phase } = evidence;
  const rows = targetsOf(own).flatMap((target) => {
    const contenders = [own, ...rivalsOf(evidence)]
      .map((line) => contenderAt(line, target, phase))
      .filter(({ runs }) => runs.length >= minimumSeeds);
    if (contenders.length < 2 || contenders[0]?.name !== own.name) return [];
    const groups = Map.groupBy(rankTies(contenders), ({ rank }) => rank ?? 0);
    const words = [...groups].sort(([a], [b]) => a - b).map(([rank, group]) => `${rank}: ${namesText(group)}`);
    return [[shareText(target), words.join("; ")]];
  });
  if (rows.length === 0) return null;
  return `### Ranks with ties\n\n${table(["asked", "rank: methods that share it"], rows)}`;
}

function namesText(group: readonly { readonly name: string }[]): string {
  const names = group.slice(0, listed).map(({ name }) => shown(name));
  return [...names, ...(group.length > listed ? [`${group.length - listed} more`] : [])].join(", ");
}

function failureSection({ results }: VerdictCommentInput): string | null {
  const failed = currentResults(results).filter((result): result is FailedResult => result.status === "failed");
  if (failed.length === 0) return null;
  const lines = failed.slice(0, listed).map(({ method, target, seed, failure }) => {
    const what = `${shown(method?.id ?? "dense")} ${shareText(target)}, seed ${seed}`;
    return `- ${what}: ${failure.reason}: ${untrusted(failure.message)}`;
  });
  const rest = failed.length > listed ? [`- and ${failed.length - listed} more`] : [];
  return [`### Failed cells: ${failed.length}`, "", ...lines, ...rest].join("\n");
}

function conformanceSection(conformance: readonly ConformanceLine[]): string | null {
  if (conformance.length === 0) return null;
  const order = ["failed", "warned", "passed"] as const;
  const count = (wanted: string): number => conformance.filter(({ outcome }) => outcome === wanted).length;
  const told = order.flatMap((wanted) => conformance.filter(({ outcome }) => outcome === wanted));
  const lines = told.slice(0, listed).map(({ check, outcome, line }) => {
    return `- ${outcome}: ${untrusted(check, 80)}: ${untrusted(line)}`;
  });
  const rest = told.length > listed ? [`- and ${told.length - listed} more`] : [];
  const title = `### Conformance: ${count("passed")} passed, ${count("warned")} warned, ${count("failed")} failed`;
  return [title, "", ...lines, ...rest].join("\n");
}

/** What finding the mask took, and what the whole cell took, beside the simplest methods. */
function costSection(evidence: Evidence): string {
  const lines = [evidence.own, lineOf(evidence, "magnitude"), lineOf(evidence, "random-erk")];
  const rows = lines.flatMap((line) => {
    if (line === null) return [];
    const average = (of: (result: DoneResult) => number): number => mean(line.results.map(of));
    const cell = average(({ cost }) => Object.values(cost.seconds).reduce((sum, seconds) => sum + seconds, 0));
    return [
      [
        shown(line.name),
        average(({ cost }) => cost.findMaskSeconds).toFixed(2),
        cell.toFixed(1),
        (average(({ cost }) => cost.trainingFlops) / 1e12).toFixed(2),
        Math.round(average(({ cost }) => cost.peakMemoryBytes) / 2 ** 20).toString(),
      ],
    ];
  });
  const head = ["mean of a cell", "finding the mask, s", "in all, s", "training, TFLOP", "peak memory, MiB"];
  return `### Cost\n\n${table(head, rows)}`;
}

function footer({ links, method, baseline }: VerdictCommentInput): string {
  const isPublished = baseline.some((result) => result.method?.id === method);
  const compare = `Compare question by question${isPublished ? "" : " (once its results are published)"}`;
  const found = [link(compare, links.compare), link("The run and its artifact", links.run)];
  const notes =
    "Self-reported: the pull request's own code made these numbers. p is adjusted over the sparsities (Holm).";
  return [...found.filter((text) => text !== null), notes].join(" · ");
}

/** In a comment that takes an earlier one back and need not be written where there is none. */
export const quietMarker = "<!-- ticketbench-nothing-to-judge -->";

/** The comment on a pull request that adds or changes no method. */
export function nothingComment(links: VerdictCommentInput["links"] = {}): string {
  const words = "This pull request adds or changes no method: there is nothing to judge.";
  const where = link("The run", links.run);
  return [
    `${commentMarker}\n${quietMarker}\n## TicketBench: no method`,
    words,
    ...(where === null ? [] : [where]),
  ].join("\n\n");
}

/** The comment where the pull request's artifact cannot be used: what is wrong with it, quoted. */
export function refusalComment(reason: string, links: VerdictCommentInput["links"] = {}): string {
  const title = `${commentMarker}\n## TicketBench: no verdict`;
  const where = link("The run and its artifact", links.run);
  const told = `The results that the run of this pull request handed over were refused:\n\n${untrusted(reason, 1000)}`;
  return [title, told, ...(where === null ? [] : [where])].join("\n\n");
}
