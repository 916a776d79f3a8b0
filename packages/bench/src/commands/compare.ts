import { existsSync } from "node:fs";
import {
  comparableGroups,
  comparableKey,
  compareSides,
  type CurveVerdict,
  currentResults,
  DENSE,
  type DoneResult,
  denseOf,
  pText,
  type Result,
  type Side,
  sideOf,
  sideOfResult,
  signedPoints,
  type Variant,
  variantsOf,
  variantsOfAll,
} from "@ticketbench/results";
import { readResults } from "@ticketbench/results/node";
import { percent } from "../plan/plan.ts";
import { nearest } from "../study/complaint.ts";
import { StudyError } from "../study/error.ts";
import { columns, wrap } from "./columns.ts";
import { resultFolders } from "./past-results.ts";

export interface CompareWords {
  readonly work: string;
  readonly results?: readonly string[];
  readonly study?: string;
  readonly phase: string;
  readonly json?: boolean;
}

const PHASES = ["pruned", "rewound", "retrained"] as const;
type Phase = (typeof PHASES)[number];

/** Finished results of which each variant, sparsity and seed is there once, all comparable with each other. */
type Group = readonly DoneResult[];

/** What a person named: one result, or else a variant of a method or the dense networks. */
interface Named {
  readonly id: string;
  readonly result: DoneResult | null;
}

const WIDTH = 80;

/** `ticketbench results compare`: the verdict on two methods or results, as the site's compare page gives it. */
export async function compare(a: string, b: string, words: CompareWords): Promise<void> {
  const phase = phaseOf(words.phase);
  const folders = words.results ?? resultFolders(words.work);
  const results = currentResults(await read(folders));
  const groups = groupsOf(results, words.study, folders);
  const named = [a, b].map((id) => find(id, results, groups, folders)) as [Named, Named];
  const group = groupOf(named, groups);
  // Two single results stand against each other whatever their sparsities.
  const areResults = named.every(({ result }) => result !== null);
  const variants = variantsOfAll(results);
  const sides = named.map((one) => sideNamed(one, group, variants, phase, areResults)) as [Side, Side];
  const compared = compareSides(...sides);
  if (!compared)
    throw new StudyError(`${a} and ${b} share no sparsity and seed on the same questions: nothing to compare`);
  const { dataset } = (named[0].result ?? group[0]) as DoneResult;
  const comparison = { ids: [a, b], sides, curve: compared.curve, phase, dataset } as const;
  console.log(words.json ? asJson(comparison) : inWords(comparison));
}

function phaseOf(name: string): Phase {
  const phase = PHASES.find((each) => each === name);
  if (phase === undefined) throw new StudyError(`--phase ${name}: expected ${PHASES.join(", ")}`);
  return phase;
}

async function read(folders: readonly string[]): Promise<Result[]> {
  for (const folder of folders) if (!existsSync(folder)) throw new StudyError(`${folder}: no such folder`);
  const stored = (await Promise.all(folders.map(readResults))).flat();
  if (stored.length === 0) throw new StudyError(`${folders.join(", ") || "no folder"}: no results in there`);
  return stored.map(({ result }) => result);
}

/** What is compared with each other; of those, what a study of that name has a part in. */
function groupsOf(results: readonly Result[], study: string | undefined, folders: readonly string[]): Group[] {
  const groups = comparableGroups(results);
  if (study === undefined) return groups;
  const names = [...new Set(results.map((result) => result.study.name))];
  if (!names.includes(study)) {
    const near = nearest(study, names);
    const known = near === null ? `there are ${names.join(", ")}` : `did you mean ${near}?`;
    throw new StudyError(`--study ${study}: no results of it in ${folders.join(", ")}; ${known}`);
  }
  const keys = new Set(
    results.flatMap((result) =>
      result.status === "done" && result.study.name === study ? [comparableKey(result)] : [],
    ),
  );
  return groups.filter(([first]) => first !== undefined && keys.has(comparableKey(first)));
}

/** The ids of a group's variants, and of its dense networks together. */
function linesOf(group: Group): string[] {
  const ids = new Set([...variantsOf(group).values()].map(({ id }) => id));
  return denseOf(group).length > 0 ? [...ids, DENSE] : [...ids];
}

/** What an id stands for. Throws StudyError where it stands for nothing, or for several results. */
function find(id: string, results: readonly Result[], groups: readonly Group[], folders: readonly string[]): Named {
  const lines = [...new Set(groups.flatMap(linesOf))].sort();
  if (lines.includes(id)) return { id, result: null };
  const isBeginning = /^[0-9a-f]{6,64}$/.test(id);
  const found = isBeginning ? results.filter((result) => result.id.startsWith(id)) : [];
  if (found.length > 1) throw new StudyError(`${id}: the beginning of ${found.length} ids; give more of it`);
  const [result] = found;
  if (result?.status === "failed") throw new StudyError(`${id}: this cell failed: ${result.failure.reason}`);
  if (result) return { id, result };
  const near = nearest(id, lines);
  const hint = near === null ? `there are ${lines.join(", ")}` : `did you mean ${near}?`;
  throw new StudyError(`${id}: neither a method nor the beginning of a result's id in ${folders.join(", ")}; ${hint}`);
}

/** The fullest group that has both; single results need not share one. */
function groupOf(named: readonly Named[], groups: readonly Group[]): Group {
  const has = (group: Group, { id, result }: Named): boolean =>
    result === null ? linesOf(group).includes(id) : group.some((one) => comparableKey(one) === comparableKey(result));
  const group = groups.find((each) => named.every((one) => has(each, one)));
  if (group) return group;
  if (named.every(({ result }) => result !== null)) return [];
  throw new StudyError(`${named.map(({ id }) => id).join(" and ")}: never tried on the same questions by one recipe`);
}

function sideNamed(
  { id, result }: Named,
  group: Group,
  variants: ReadonlyMap<string, Variant>,
  phase: Phase,
  anywhere: boolean,
): Side {
  const title = variants.get(result?.id ?? "")?.title ?? DENSE;
  const side = result === null ? sideOf(id, group, phase) : sideOfResult(result, title, phase, anywhere);
  if (side === null) throw new StudyError(`--phase ${phase}: ${id} has no such evaluation`);
  return side;
}

interface Compared {
  readonly ids: readonly [string, string];
  readonly sides: readonly [Side, Side];
  readonly curve: CurveVerdict;
  readonly phase: Phase;
  readonly dataset: DoneResult["dataset"];
}

function asJson({ ids, sides, curve, phase, dataset: { name, split, questions } }: Compared): string {
  const [a, b] = sides.map((side, i) => ({ id: ids[i], name: side.name }));
  return JSON.stringify(
    { a, b, phase, dataset: { name, split, questions }, sentence: curve.sentence, points: curve.points },
    null,
    2,
  );
}

/** As much of an id as a heading of the table has room for. */
const heading = (id: string): string => (id.length > 9 ? `${id.slice(0, 8)}…` : id);

function inWords({ ids, curve: { sentence, points }, phase, dataset }: Compared): string {
  const rows = points.map(({ sparsity, meanA, meanB, difference, interval, p, n, outcome }) => [
    percent(sparsity),
    ...[meanA, meanB].map((mean) => (100 * mean).toFixed(1)),
    signedPoints(difference),
    `${signedPoints(interval.low)} to ${signedPoints(interval.high)}`,
    pText(p).replace(/^p\s(=\s)?/, ""),
    String(n),
    outcome,
  ]);
  const head = ["asked", ...ids.map(heading), "difference", "95 % interval", "p", "n", "verdict"];
  const note = `Accuracy in percent on ${dataset.questions} questions of ${dataset.name}, ${dataset.split} split, ${phase}; difference in points, paired by question and seed; p adjusted by Holm's rule over the sparsities.`;
  const table = columns(head, rows, { right: [0, 1, 2, 3, 4, 5, 6] });
  return [...wrap(sentence, WIDTH), "", table, "", ...wrap(note, WIDTH)].join("\n");
}
