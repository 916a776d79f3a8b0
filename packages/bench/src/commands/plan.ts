import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { stringify } from "yaml";
import type { PlannedCell } from "../plan/cell.ts";
import { type Estimate, estimateCells, priceOf } from "../plan/estimate.ts";
import { isMadeByCell, type Plan } from "../plan/plan.ts";
import { canonicalJson } from "../plan/canonical.ts";
import { writePlan } from "../plan/plan-file.ts";
import { duration } from "../run/eta.ts";
import { finishedCells, missingCells } from "../run/missing.ts";
import { type CellState, ResultFolder } from "../run/records.ts";
import type { Program } from "../run/program.ts";
import { Workspace } from "../run/workspace.ts";
import type { Study } from "../study/study.ts";
import { DEFAULT_WORK } from "../cli/study-options.ts";
import { quoted } from "../executors/cell-command.ts";
import { leakLines } from "./leaks.ts";
import { pastResults, resultFolders } from "./past-results.ts";
import { loadProgram, planFor, type StudyWords } from "./study-source.ts";
import { type ExecutorWords, refuseUnknownExecutor, submitPlan } from "./scheduler.ts";

export interface PlanWords extends StudyWords, ExecutorWords {
  readonly work: string;
  readonly out?: string;
  readonly write: string;
  readonly resolved?: boolean;
  readonly executor: string;
}

const KINDS = ["start", "dense", "ticket"] as const;
/** What one cell of a kind makes, and several. */
const MAKES = {
  start: ["start", "starts"],
  dense: ["dense network", "dense networks"],
  ticket: ["ticket", "tickets"],
} as const;
const NEEDS = { start: "nothing", dense: "start weights", ticket: "a dense network" };
const EXECUTORS = ["", " --executor slurm", " --executor k8s --image IMAGE --claim CLAIM", " --executor gha"];

/**
 * `ticketbench plan`: freeze a study and say what it asks for, how much of that is there and what the rest will take. With
 * a scheduler's name, what it would be given goes to standard output alone, for a program to read, and the words to
 * standard error.
 */
export async function plan(source: string, words: PlanWords): Promise<void> {
  refuseUnknownExecutor(words.executor);
  const frozen = await planFor(source, words);
  const lines = await summaryOf(frozen, words);
  if (words.executor === "local") console.log(lines.join("\n"));
  else {
    console.error(lines.join("\n"));
    console.log(await submitPlan(frozen, { ...words, dryRun: true }));
  }
}

/** Writes the plan; returns what is said of it. */
async function summaryOf(frozen: Plan, words: PlanWords): Promise<string[]> {
  const workspace = new Workspace(resolve(words.work));
  const results = new ResultFolder(resolve(words.out ?? workspace.resultsFolder(frozen.study.name)));
  await writePlan(words.write, frozen);
  const states = await results.states(frozen.cells.filter((cell) => cell.kind !== "start").map((cell) => cell.id));
  const finished = finishedCells(states, true);
  const ids = await missingCells({ plan: frozen, finished, store: workspace.store, asked: () => true });
  const missing = frozen.cells.filter((cell) => ids.has(cell.id));
  const past = await pastResults([...resultFolders(workspace.root), results.folder]);
  const program = await loadProgram(words);
  const estimate = await estimateCells(frozen, missing, past, program.workload ?? null);
  return [
    ...(words.resolved === true ? [stringify(frozen.study)] : []),
    `study ${frozen.study.name}, plan ${frozen.hash.slice(0, 12)}: ${gridWords(frozen.study)}`,
    ...KINDS.flatMap((kind) => levelLine(frozen, kind, states, estimate)),
    ...(await prunableLines(frozen, program)),
    ...(await leakLines(frozen, program)),
    ...costLines(frozen, missing, estimate),
    `frozen in ${words.write}; run it`,
    ...EXECUTORS.map((executor) => `  ticketbench run ${quoted([words.write, ...placeWords(words)])}${executor}`),
  ];
}

/** The folders that were named, to be named again; what came by other words is in the frozen plan. */
function placeWords({ work, out, program }: PlanWords): string[] {
  const places = { work: work === DEFAULT_WORK ? undefined : work, out, program };
  return Object.entries(places).flatMap(([name, place]) => (place === undefined ? [] : [`--${name}`, place]));
}

function gridWords({ methods, sparsities, seeds, matrix, zip, include, exclude }: Study): string {
  const together = new Set(zip.flat());
  const alone = Object.keys(matrix).filter((path) => !together.has(path));
  const axes = [...alone.map((path) => [path]), ...zip].map(
    (paths) => `${matrix[paths[0] as string]?.length} ${paths.join(" with ")}`,
  );
  const grid = [
    ...(methods.length > 0 ? [counted(methods.length, "method", "methods")] : []),
    ...(sparsities.length > 0 ? [counted(sparsities.length, "sparsity", "sparsities")] : []),
    counted(seeds.length, "seed", "seeds"),
    ...axes,
  ];
  const more = include.length > 0 ? `, ${include.length} included besides` : "";
  const less = exclude.length > 0 ? `, ${exclude.length} excluded` : "";
  return `${grid.join(" x ")}${more}${less}`;
}

function counted(count: number, one: string, several: string): string {
  return `${count} ${count === 1 ? one : several}`;
}

function levelLine(
  { cells, study }: Plan,
  kind: PlannedCell["kind"],
  states: ReadonlyMap<string, CellState>,
  { each }: Estimate,
): string[] {
  const level = cells.filter((cell) => cell.kind === kind);
  if (level.length === 0) return [];
  const count = (state: CellState["state"]): number => level.filter(({ id }) => states.get(id)?.state === state).length;
  const failed = count("failed") > 0 ? `, ${count("failed")} failed` : "";
  const done = kind === "start" ? "" : `, ${count("done")} done${failed}`;
  const needs = kind === "dense" && !isMadeByCell(study.start) ? NEEDS.start : NEEDS[kind];
  const [one, several] = MAKES[kind];
  const seconds = each[kind];
  const time = seconds === null ? "" : `; about ${duration(seconds)} each`;
  const need = level.length === 1 ? "needs" : "need";
  return [
    `  ${String(level.length).padStart(6)} ${level.length === 1 ? one : several}${done}; ${need} ${needs}${time}`,
  ];
}

/** What may be pruned, once for each network and scope of the plan's tickets. */
async function prunableLines({ cells, trainings }: Plan, { prunable }: Program): Promise<string[]> {
  const lines = new Set<string>();
  const tickets = cells.flatMap((cell) => (cell.kind === "ticket" ? [cell] : []));
  for (const same of Map.groupBy(tickets, ({ training, pruning }) =>
    canonicalJson([training, pruning.scope]),
  ).values()) {
    const [{ training, pruning }] = same as [(typeof tickets)[number]];
    const { settings } = trainings[training] as Plan["trainings"][number];
    const words = await prunable?.(settings, pruning.scope);
    if (words !== undefined) lines.add(`  prunable: ${words.replaceAll("\n", "\n    ")}`);
  }
  return [...lines];
}

/** Two decimals, and of less than a cent two digits. */
const MONEY = new Intl.NumberFormat("en", {
  ...{ minimumFractionDigits: 2, maximumFractionDigits: 2, maximumSignificantDigits: 2 },
  roundingPriority: "morePrecision",
});

function costLines({ study, trainings }: Plan, missing: readonly PlannedCell[], estimate: Estimate): string[] {
  if (missing.length === 0) return ["all of it is done"];
  if (estimate.unknown === missing.length) return [`${missing.length} to do; no past result says how long they take`];
  const isGpu = trainings.some(({ settings }) => settings.engine.name === "webgpu");
  const hours = estimate.seconds / 3600;
  const { energy, money } = priceOf(hours, isGpu, study.prices);
  const jobs = availableParallelism();
  const parts = [
    `${hours.toPrecision(2)} ${isGpu ? "GPU" : "core"}-hours`,
    ...(energy === null ? [] : [`${energy.toPrecision(2)} kWh`]),
    ...(money === null ? [] : [`${study.prices?.currency} ${MONEY.format(money)}`]),
  ];
  const unknown = estimate.unknown > 0 ? `, and ${estimate.unknown} cells that nobody can judge` : "";
  return [
    `${missing.length} to do: about ${duration(estimate.seconds / jobs)} here with --jobs ${jobs}${unknown}`,
    `  ${parts.join(", ")} (from ${estimate.basis})`,
  ];
}
