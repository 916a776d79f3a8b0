import { stringify } from "csv-stringify/browser/esm/sync";
import { parquetWriteBuffer } from "hyparquet-writer";
import { answerTypes, type PhaseName, phaseNames } from "./schema/measurement.ts";
import type { DoneResult, Result } from "./schema/result.ts";
import { recomputeAccuracy } from "./scores.ts";

/** One column: its name, what it holds, and where it comes from. `phase` is null for a failed cell. */
interface Column {
  readonly name: string;
  readonly type: "STRING" | "DOUBLE" | "BOOLEAN";
  readonly of: (result: Result, phase: PhaseName | null) => Cell;
}

type Cell = string | number | boolean | null;

/** One evaluation (a cell in one phase), or one failed cell, as a flat row. */
export type TableRow = Readonly<Record<string, Cell>>;

function text(name: string, of: Column["of"]): Column {
  return { name, type: "STRING", of };
}

function number(name: string, of: Column["of"]): Column {
  return { name, type: "DOUBLE", of };
}

function measured(name: string, of: (result: DoneResult) => number | undefined): Column {
  return number(name, (result) => (result.status === "done" ? (of(result) ?? null) : null));
}

function phaseOf(result: Result, phase: PhaseName | null) {
  return result.status === "done" && phase !== null ? result.phases[phase] : undefined;
}

function allocationWords(allocation: NonNullable<Result["pruning"]>["allocation"]): string {
  return typeof allocation === "string" ? allocation : JSON.stringify(allocation);
}

/** Shares and accuracies are fractions 0..1; sizes are bytes; times are seconds unless the name says otherwise. */
const columns: readonly Column[] = [
  text("id", ({ id }) => id),
  text("status", ({ status }) => status),
  text("kind", ({ kind }) => kind),
  text("track", ({ track }) => track),
  text("division", ({ division }) => division),
  text("tier", ({ tier }) => tier),
  text("study", ({ study }) => study.name),
  text("method", ({ method }) => method?.id ?? "dense"),
  text("params", ({ method }) => (method ? JSON.stringify(method.params) : null)),
  text("scope", ({ scope }) => scope),
  number("seed", ({ seed }) => seed),
  text("phase", (_, phase) => phase),
  number("target", ({ target }) => target),
  number("published_as", ({ publishedAs }) => publishedAs ?? null),
  text("granularity", ({ pruning }) => pruning?.granularity ?? null),
  text("allocation", ({ pruning }) => (pruning === undefined ? null : allocationWords(pruning.allocation))),
  text("retraining", ({ pruning }) => pruning?.retraining ?? null),
  number("rewind_step", ({ pruning }) => pruning?.rewindStep ?? null),
  measured("sparsity_prunable", (done) => done.measured.prunable),
  measured("sparsity_total", (done) => done.measured.total),
  number("accuracy", (result, phase) => {
    const scores = phaseOf(result, phase)?.scores;
    return scores ? recomputeAccuracy(scores) : null;
  }),
  ...answerTypes.map((type) =>
    number(
      `accuracy_${type.replace("/", "_")}`,
      (result, phase) => phaseOf(result, phase)?.byAnswerType[type]?.accuracy ?? null,
    ),
  ),
  measured("questions", (done) => done.dataset.questions),
  text("dataset", (result) => (result.status === "done" ? result.dataset.name : null)),
  text("split", (result) => (result.status === "done" ? result.dataset.split : null)),
  text("selection_split", (result) => (result.status === "done" ? result.dataset.selectionSplit : null)),
  measured("parameters", (done) => done.model.parameters),
  measured("seconds", (done) => Object.values(done.cost.seconds).reduce((sum, seconds) => sum + seconds, 0)),
  measured("find_mask_seconds", (done) => done.cost.findMaskSeconds),
  measured("samples_per_second", (done) => done.cost.samplesPerSecond),
  measured("training_flops", (done) => done.cost.trainingFlops),
  measured("peak_memory_bytes", (done) => done.cost.peakMemoryBytes),
  measured("bytes_dense", (done) => done.bytes.dense),
  measured("bytes_sparse", (done) => done.bytes.sparse),
  measured("bytes_compressed", (done) => done.bytes.compressed),
  measured("inference_flops_dense", (done) => done.flops?.dense),
  measured("inference_flops_sparse", (done) => done.flops?.sparse),
  measured("latency_dense_ms", (done) => done.latency?.denseMilliseconds),
  measured("latency_sparse_ms", (done) => done.latency?.sparseMilliseconds),
  measured("latency_compact_ms", (done) => done.latency?.compactMilliseconds),
  text("engine", ({ provenance }) => `${provenance.engine.name} ${provenance.engine.version}`),
  text("git_sha", ({ provenance }) => provenance.gitSha),
  { name: "git_dirty", type: "BOOLEAN", of: ({ provenance }) => provenance.dirty },
  text("created_at", ({ createdAt }) => createdAt),
  text("failure", (result) =>
    result.status === "failed" ? `${result.failure.reason}: ${result.failure.message}` : null,
  ),
];

/** Names of the columns, in the order of every exported table. */
export const tableColumns: readonly string[] = columns.map(({ name }) => name);

/** Results as flat rows, one a phase, in the order given; a failed cell is one row without measurements. */
export function tableOf(results: readonly Result[]): TableRow[] {
  return results.flatMap((result) => {
    const phases = result.status === "done" ? phaseNames.filter((name) => result.phases[name]) : [null];
    return phases.map((phase) => Object.fromEntries(columns.map(({ name, of }) => [name, of(result, phase)])));
  });
}

/** The table as CSV with a header. Text that a spreadsheet would run as a formula is made harmless. */
export function toCsv(rows: readonly TableRow[]): string {
  return stringify([...rows], {
    header: true,
    columns: [...tableColumns],
    escape_formulas: true,
    cast: { boolean: String },
  });
}

/** The table as an Apache Parquet file. */
export function toParquet(rows: readonly TableRow[]): Uint8Array {
  const columnData = columns.map(({ name, type }) => ({ name, type, data: rows.map((row) => row[name] ?? null) }));
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}
