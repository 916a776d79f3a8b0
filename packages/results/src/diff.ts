import { type PhaseName, phaseNames } from "./schema/measurement.ts";
import type { DoneResult, Result } from "./schema/result.ts";
import { recomputeAccuracy, unpackTenths } from "./scores.ts";
import type { PackedSymbols } from "./symbols.ts";

/** A field whose value differs; undefined where one side has none. */
export interface FieldChange {
  readonly field: string;
  readonly a: unknown;
  readonly b: unknown;
}

/** How one phase differs; null accuracy where one side lacks the phase. */
export interface PhaseChange {
  readonly phase: PhaseName;
  readonly accuracyA: number | null;
  readonly accuracyB: number | null;
  /** Questions with another score; null where the two cannot be compared question by question. */
  readonly changedQuestions: number | null;
}

export interface ResultDiff {
  readonly phases: readonly PhaseChange[];
  readonly fields: readonly FieldChange[];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** Leaves that differ, by dotted path, in the order of a's keys and then b's. */
function changesOf(a: unknown, b: unknown, path: string): FieldChange[] {
  if (Object.is(a, b)) return [];
  if (!isRecord(a) || !isRecord(b) || Array.isArray(a) !== Array.isArray(b)) return [{ field: path, a, b }];
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].flatMap((key) => changesOf(a[key], b[key], path === "" ? key : `${path}.${key}`));
}

function changedQuestions(a: PackedSymbols, b: PackedSymbols): number | null {
  const [left, right] = [unpackTenths(a), unpackTenths(b)];
  if (left.length !== right.length) return null;
  return left.reduce((changed, tenth, question) => changed + (tenth === right[question] ? 0 : 1), 0);
}

function samePacking(a: PackedSymbols | undefined, b: PackedSymbols | undefined): boolean {
  return a?.data === b?.data && String(a?.symbols) === String(b?.symbols) && String(a?.counts) === String(b?.counts);
}

function phaseChange(phase: PhaseName, a: DoneResult, b: DoneResult): PhaseChange[] {
  const [scoresA, scoresB] = [a.phases[phase]?.scores, b.phases[phase]?.scores];
  if (samePacking(scoresA, scoresB)) return [];
  const accuracyA = scoresA ? recomputeAccuracy(scoresA) : null;
  const accuracyB = scoresB ? recomputeAccuracy(scoresB) : null;
  const comparable = scoresA && scoresB && a.dataset.hash === b.dataset.hash;
  return [{ phase, accuracyA, accuracyB, changedQuestions: comparable ? changedQuestions(scoresA, scoresB) : null }];
}

/**
 * What differs between two results: phases by their scores, everything else field by field. Packed scores and
 * predictions are never listed as fields.
 */
export function diffResults(a: Result, b: Result): ResultDiff {
  const phases =
    a.status === "done" && b.status === "done" ? phaseNames.flatMap((phase) => phaseChange(phase, a, b)) : [];
  const packed = /^phases\.\w+\.(scores|predictions)/;
  return { phases, fields: changesOf(a, b, "").filter(({ field }) => !packed.test(field)) };
}

/**
 * Whether a re-run measured the same: equal mask, and in every phase equal scores and predictions. Cost, hardware and
 * dates may differ.
 */
export function sameMeasurement(a: Result, b: Result): boolean {
  if (a.status === "failed" || b.status === "failed") return false;
  return (
    a.maskHash === b.maskHash &&
    phaseNames.every(
      (phase) =>
        samePacking(a.phases[phase]?.scores, b.phases[phase]?.scores) &&
        samePacking(a.phases[phase]?.predictions, b.phases[phase]?.predictions),
    )
  );
}
