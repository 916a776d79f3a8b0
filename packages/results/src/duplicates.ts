import { type PhaseName, phaseNames } from "./schema/measurement.ts";
import type { DoneResult, Result } from "./schema/result.ts";
import { unpackPredictions } from "./scores.ts";
import type { PackedSymbols } from "./symbols.ts";

/**
 * Two cells that answer every question alike.
 * - `error`: different masks, same scores: one was copied, mislabelled, or not run.
 * - `notice`: it can happen honestly: a collapsed network scores as one constant answer does, and so does another that is
 *   right nowhere else; two networks are wrong on the same questions with other answers; or neither mask changed any
 *   answer of the dense model both were cut from.
 */
export interface Duplicate {
  readonly severity: "error" | "notice";
  readonly phase: PhaseName;
  readonly ids: readonly [string, string];
  readonly message: string;
}

/** Equal for equal scores only. */
function keyOf({ symbols, counts, data }: PackedSymbols): string {
  return `${symbols.join()} ${counts.join()} ${data}`;
}

function scoresKey(result: DoneResult, phase: PhaseName): string | undefined {
  const scores = result.phases[phase]?.scores;
  return scores && [phase, result.dataset.hash, keyOf(scores)].join(" ");
}

/** Cells that share what decides this phase's scores: then equal scores are no copy. */
function sameOrigin(a: DoneResult, b: DoneResult, phase: PhaseName): boolean {
  if (a.id === b.id) return true;
  if (phase === "dense") return (a.denseId ?? a.id) === (b.denseId ?? b.id);
  return a.maskHash !== null && a.maskHash === b.maskHash;
}

/** A network that gives one answer to this share of the questions, or is wrong on as many, knows nothing. */
const COLLAPSED = 0.98;

function hasCollapsed(result: DoneResult, phase: PhaseName): boolean {
  const { predictions, scores } = result.phases[phase] ?? {};
  return [predictions?.counts, scores?.counts].some((counts = []) => {
    const questions = counts.reduce((sum, count) => sum + count, 0);
    return questions > 0 && Math.max(...counts) >= COLLAPSED * questions;
  });
}

/** Two networks that answer this share of the questions otherwise are two: a copy has its original's answers. */
const OTHERWISE = 0.01;

function answerOtherwise(a: DoneResult, b: DoneResult, phase: PhaseName): boolean {
  const [one, other] = [a.phases[phase]?.predictions, b.phases[phase]?.predictions];
  if (!one || !other) return false;
  const [answers, others] = [unpackPredictions(one), unpackPredictions(other)];
  const different = answers.reduce((sum, answer, question) => sum + Number(answer !== others[question]), 0);
  return different >= OTHERWISE * answers.length;
}

/**
 * The guard against copied results: every pair of cells with equal per-question scores in the same phase, unless their
 * masks (for `dense`: their fine-tunes) are the same. Give it `currentResults`: a result may well repeat the one it replaces.
 */
export function findDuplicates(results: readonly Result[]): Duplicate[] {
  const first = new Map<string, DoneResult>();
  const denseScores = new Map<string, string>();
  const found: Duplicate[] = [];
  const done = results.filter((result) => result.status === "done");
  for (const result of done) {
    const scores = result.phases.dense?.scores;
    if (scores) denseScores.set(result.denseId ?? result.id, keyOf(scores));
  }
  for (const result of done) {
    for (const phase of phaseNames) {
      const key = scoresKey(result, phase);
      if (key === undefined) continue;
      const twin = first.get(key);
      if (!twin) first.set(key, result);
      else if (!sameOrigin(twin, result, phase)) found.push(describe(twin, result, phase, denseScores));
    }
  }
  return found;
}

function describe(a: DoneResult, b: DoneResult, phase: PhaseName, denseScores: Map<string, string>): Duplicate {
  const ids = [a.id, b.id] as const;
  const pair = `${a.id} and ${b.id} have equal scores on every question in ${phase}`;
  if (hasCollapsed(a, phase) || hasCollapsed(b, phase)) {
    return { severity: "notice", phase, ids, message: `${pair}: those of one constant answer` };
  }
  if (answerOtherwise(a, b, phase)) {
    return { severity: "notice", phase, ids, message: `${pair}: they are wrong on the same, with other answers` };
  }
  const scores = b.phases[phase]?.scores;
  const sameDense = phase !== "dense" && a.denseId === b.denseId && b.denseId !== null;
  if (scores && sameDense && denseScores.get(b.denseId ?? "") === keyOf(scores)) {
    return { severity: "notice", phase, ids, message: `${pair}: neither mask changed any answer of the dense model` };
  }
  return { severity: "error", phase, ids, message: `${pair}, but their masks differ: run one of them again` };
}
