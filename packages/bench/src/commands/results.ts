import { existsSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import {
  diffResults,
  findDuplicates,
  phaseNames,
  currentResults,
  type Result,
  tableOf,
  toCsv,
  toParquet,
} from "@ticketbench/results";
import { readDatasetCards, readResult, readResults } from "@ticketbench/results/node";
import { writeAtomic } from "../run/atomic-file.ts";
import { nearest } from "../study/complaint.ts";
import { StudyError } from "../study/error.ts";
import { studyTable } from "./result-table.ts";
import { resultFolders } from "./past-results.ts";

/** `ticketbench results validate`: every file is checked and each fault is told; exit code 1 when there is one. */
export async function validate(folders: readonly string[], words: { work: string }): Promise<void> {
  const places = folders.length > 0 ? folders : resultFolders(words.work);
  let faults = 0;
  let count = 0;
  for (const folder of places) {
    const { results, problems } = await check(folder);
    count += results.length;
    faults += problems.length;
    for (const problem of problems) console.error(problem);
  }
  console.log(`${count} results verified, ${faults} faults in ${places.join(", ") || "no folder"}`);
  process.exitCode = faults > 0 ? 1 : 0;
}

async function check(folder: string): Promise<{ results: Result[]; problems: string[] }> {
  if (!existsSync(folder)) throw new StudyError(`${folder}: no such folder`);
  const results: Result[] = [];
  const problems: string[] = [];
  const cards = await readDatasetCards(folder);
  for (const file of await resultFiles(folder)) {
    try {
      results.push((await readResult(file, cards)).result);
    } catch (error) {
      problems.push((error as Error).message);
    }
  }
  for (const { severity, message } of findDuplicates(currentResults(results))) {
    if (severity === "error") problems.push(`${folder}: ${message}`);
  }
  return { results, problems };
}

async function resultFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names
    .filter((name) => /(^|\/)[0-9a-f]{16,64}(\.\d+)?\.json$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}

/** `ticketbench results show`: one result in words, by its file or the beginning of its id, or a folder's in tables. */
export async function show(name: string, words: { work: string }): Promise<void> {
  if (statSync(name, { throwIfNoEntry: false })?.isDirectory() === true) await showFolder(name);
  else showResult(await findResult(name, words.work));
}

/** One table a study: means over the seeds that are done. */
async function showFolder(folder: string): Promise<void> {
  const results = currentResults((await readResults(folder)).map(({ result }) => result));
  if (results.length === 0) throw new StudyError(`${folder}: no results in there`);
  for (const [study, all] of Map.groupBy(results, (result) => result.study.name)) {
    const done = all.filter((result) => result.status === "done");
    const failed = all.length - done.length;
    console.log(`study ${study}: ${all.length} results${failed > 0 ? `, ${failed} of them failed` : ""}`);
    if (done.length > 0) console.log(studyTable(done));
  }
}

function showResult(result: Result): void {
  const lines: [string, string][] = [
    ["cell", `${result.id}`],
    [
      "what",
      `${result.method?.id ?? "dense"}, seed ${result.seed}, asked ${percent(result.target)}, scope ${result.scope}`,
    ],
    ["study", `${result.study.name} (${result.track}, ${result.division}), ${result.createdAt}`],
  ];
  if (result.status === "failed") {
    lines.push(["FAILED", `${result.failure.reason}: ${result.failure.message}`], ["log", result.failure.logTail]);
  } else {
    const { measured, phases, cost, dataset } = result;
    lines.push(["removed", `${percent(measured.prunable)} of the prunable, ${percent(measured.total)} of all weights`]);
    lines.push(["data", `${dataset.name} ${dataset.split}, ${dataset.questions} questions`]);
    for (const phase of phaseNames) {
      const evaluation = phases[phase];
      if (evaluation === undefined) continue;
      const types = Object.entries(evaluation.byAnswerType).map(([type, row]) => `${type} ${percent(row.accuracy)}`);
      lines.push([phase, [percent(evaluation.accuracy), ...types].join(", ")]);
    }
    const total = Object.values(cost.seconds).reduce((sum, seconds) => sum + seconds, 0);
    const memory = `${(cost.peakMemoryBytes / 1e6).toFixed(0)} MB`;
    lines.push(["cost", `${total.toFixed(1)} s, ${Math.round(cost.samplesPerSecond)} samples/s, ${memory}; of that`]);
    for (const [step, seconds] of Object.entries(cost.seconds)) lines.push(["", `${seconds.toFixed(2)} s ${step}`]);
  }
  const { engine, gitSha, dirty } = result.provenance;
  lines.push([
    "made by",
    `${engine.name} ${engine.version}, commit ${gitSha ?? "unknown"}${dirty ? " with changes" : ""}`,
  ]);
  for (const [key, text] of lines) console.log(`${key.padEnd(10)}${text}`);
}

/** `ticketbench results diff`: what differs between two results; exit code 1 when something that was measured does. */
export async function diff(a: string, b: string, words: { work: string }): Promise<void> {
  const [left, right] = [await findResult(a, words.work), await findResult(b, words.work)];
  const { phases, fields } = diffResults(left, right);
  for (const { phase, accuracyA, accuracyB, changedQuestions } of phases) {
    const changed = changedQuestions === null ? "" : `, ${changedQuestions} questions changed`;
    console.log(`${phase.padEnd(12)}${share(accuracyA)} -> ${share(accuracyB)}${changed}`);
  }
  for (const { field, a: before, b: after } of fields) console.log(`${field}: ${brief(before)} -> ${brief(after)}`);
  if (phases.length === 0) console.log("every phase that both have is equal, question by question");
  process.exitCode = phases.length > 0 ? 1 : 0;
}

/** `ticketbench results export`: one row for each phase of each result. */
export async function exportTable(
  folders: readonly string[],
  words: { work: string; format: string; to: string },
): Promise<void> {
  const places = folders.length > 0 ? folders : resultFolders(words.work);
  const stored = (await Promise.all(places.map((folder) => readResults(folder)))).flat();
  const rows = tableOf(stored.map(({ result }) => result));
  const writers: Record<string, () => string | Uint8Array> = {
    csv: () => toCsv(rows),
    parquet: () => toParquet(rows),
    json: () => `${JSON.stringify(rows, null, 1)}\n`,
  };
  const writer = writers[words.format];
  if (writer === undefined) {
    const near = nearest(words.format, Object.keys(writers));
    throw new StudyError(
      `--format ${words.format}: expected csv, parquet or json${near ? `; did you mean ${near}?` : ""}`,
    );
  }
  await writeAtomic(words.to, writer());
  console.log(`${rows.length} rows of ${stored.length} results in ${words.to}`);
}

/** A result by its file or the beginning of its id. Throws StudyError where there is none, or several. */
export async function findResult(name: string, work: string): Promise<Result> {
  if (name.endsWith(".json") && statSync(name, { throwIfNoEntry: false })?.isFile())
    return (await readResult(name)).result;
  if (!/^[0-9a-f]{6,64}$/.test(name))
    throw new StudyError(`${name}: neither a folder of results, a result's file nor the beginning of an id`);
  const files = (await Promise.all(resultFolders(work).map(resultFiles))).flat();
  const matching = files.filter((file) => file.split("/").at(-1)?.startsWith(name));
  const ids = new Set(matching.map((file) => file.split("/").at(-1)?.slice(0, 64)));
  if (ids.size > 1) throw new StudyError(`${name}: the beginning of ${ids.size} ids; give more of it`);
  const latest = matching.at(-1);
  if (latest === undefined) throw new StudyError(`${name}: no such result in ${resultFolders(work).join(", ")}`);
  return (await readResult(latest)).result;
}

const percent = (fraction: number): string => `${(100 * fraction).toFixed(1)} %`;
const share = (fraction: number | null): string => (fraction === null ? "none" : percent(fraction));
const brief = (value: unknown): string => (JSON.stringify(value) ?? "nothing").slice(0, 60);
