import { type Problem, ResultError } from "./error.ts";
import { type PhaseName, phaseNames } from "./schema/measurement.ts";
import type { DoneResult, Ledger, Phase, Result } from "./schema/result.ts";
import { recomputeAccuracy, unpackPredictions, unpackTenths } from "./scores.ts";
import { lengthOf } from "./symbols.ts";

/** Two sums of the same tenths in another order differ by less than this; two different accuracies never do. */
const rounding = 1e-9;

/**
 * Whether an accuracy can be the mean of `questions` scores in tenths (the GRIM test of Brown and Heathers 2017): times
 * 10 n it is a whole number, up to the last digit that was printed.
 *
 * @param accuracy fraction 0..1
 * @param halfUnit half of the last printed digit's worth, as a fraction; 0 for a number at full precision
 */
export function hasGranularity(accuracy: number, questions: number, halfUnit = 0): boolean {
  const tenths = accuracy * questions * 10;
  const slack = halfUnit * questions * 10 + rounding * Math.max(1, tenths);
  return Math.abs(tenths - Math.round(tenths)) <= slack;
}

/** Kept and pruned weights over all modules. */
export function ledgerTotals(ledger: Ledger): { kept: number; pruned: number; prunable: number } {
  let kept = 0;
  let pruned = 0;
  for (const [moduleKept, modulePruned] of Object.values(ledger.modules)) {
    kept += moduleKept;
    pruned += modulePruned;
  }
  return { kept, pruned, prunable: kept + pruned };
}

function checkAccuracy(phase: Phase, field: string, problems: Problem[]): void {
  try {
    const recomputed = recomputeAccuracy(phase.scores);
    if (Math.abs(recomputed - phase.accuracy) > rounding) {
      problems.push({ field: `${field}.accuracy`, message: `${phase.accuracy} but its scores give ${recomputed}` });
    }
    unpackTenths(phase.scores);
    if (phase.predictions) unpackPredictions(phase.predictions);
  } catch (error) {
    if (!(error instanceof ResultError)) throw error;
    problems.push({ field, message: error.message });
  }
}

function checkAnswerTypes(phase: Phase, field: string, problems: Problem[]): void {
  const types = Object.entries(phase.byAnswerType);
  let questions = 0;
  let sum = 0;
  for (const [type, row] of types) {
    questions += row.questions;
    sum += row.accuracy * row.questions;
    if (!hasGranularity(row.accuracy, row.questions)) {
      const message = `no ${row.questions} scores in tenths have the mean ${row.accuracy}`;
      problems.push({ field: `${field}.byAnswerType.${type}`, message });
    }
  }
  if (types.length === 0) return;
  if (questions !== lengthOf(phase.scores)) {
    const message = `${questions} questions by type, ${lengthOf(phase.scores)} in all`;
    problems.push({ field: `${field}.byAnswerType`, message });
  } else if (Math.abs(sum / questions - phase.accuracy) > rounding) {
    const message = `the types' mean is ${sum / questions}, the accuracy ${phase.accuracy}`;
    problems.push({ field: `${field}.byAnswerType`, message });
  }
}

function checkPhase(name: PhaseName, result: DoneResult, problems: Problem[]): void {
  const phase = result.phases[name];
  if (!phase) return;
  const field = `phases.${name}`;
  for (const part of ["scores", "predictions"] as const) {
    const packed = phase[part];
    if (packed && lengthOf(packed) !== result.dataset.questions) {
      const message = `${lengthOf(packed)} questions, the split has ${result.dataset.questions}`;
      problems.push({ field: `${field}.${part}`, message });
    }
  }
  checkAccuracy(phase, field, problems);
  checkAnswerTypes(phase, field, problems);
}

function checkMask(result: DoneResult, problems: Problem[]): void {
  const { pruned, prunable } = ledgerTotals(result.ledger);
  const { parameters } = result.model;
  if (prunable > parameters) {
    problems.push({ field: "ledger", message: `${prunable} prunable weights in a model of ${parameters}` });
  }
  const counted = { prunable: prunable === 0 ? 0 : pruned / prunable, total: pruned / parameters };
  for (const share of ["prunable", "total"] as const) {
    if (Math.abs(counted[share] - result.measured[share]) > rounding) {
      const message = `${result.measured[share]} but the ledger gives ${counted[share]}`;
      problems.push({ field: `measured.${share}`, message });
    }
  }
  if (result.zeroMask && result.zeroMask.asked !== pruned) {
    const message = `the mask removes ${result.zeroMask.asked} weights, the ledger ${pruned}`;
    problems.push({ field: "zeroMask.asked", message });
  }
}

/** What the protocol demands and a faulty study repeated on purpose ("as-coded") may break. */
function checkProtocol(result: DoneResult, problems: Problem[]): void {
  const { prunable } = ledgerTotals(result.ledger);
  const off = Math.abs(result.target - result.measured.prunable);
  if (off > result.ledger.resolution / Math.max(1, prunable) + rounding) {
    const message = `asked for ${result.target}, the mask has ${result.measured.prunable}`;
    problems.push({ field: "measured.prunable", message });
  }
  const zeros = result.zeroMask;
  if (zeros && zeros.zerosOnCheckpoint !== zeros.asked) {
    const message = `${zeros.asked - zeros.zerosOnCheckpoint} of ${zeros.asked} pruned weights came back in training`;
    problems.push({ field: "zeroMask.zerosOnCheckpoint", message });
  }
  if (result.phases.retrained && !zeros) {
    problems.push({ field: "zeroMask", message: "a retrained cell must recount its zeros on the saved checkpoint" });
  }
  if (result.dataset.selectionSplit === result.dataset.split) {
    const message = `the epoch was picked on ${result.dataset.split}, the split that is reported`;
    problems.push({ field: "dataset.selectionSplit", message });
  }
}

function checkKind(result: Result, problems: Problem[]): void {
  const dense = result.kind === "dense";
  if (dense !== (result.method === null)) {
    problems.push({ field: "method", message: dense ? "a dense cell has none" : "a ticket needs its method" });
  }
  if (dense !== (result.denseId === null)) {
    problems.push({ field: "denseId", message: dense ? "a dense cell has none" : "a ticket names its dense cell" });
  }
  if (dense && result.target !== 0) problems.push({ field: "target", message: "a dense cell's target is 0" });
  if (result.status === "failed") return;
  if (dense && !result.phases.dense) problems.push({ field: "phases.dense", message: "missing in a dense cell" });
  if (!dense && !phaseNames.some((name) => name !== "dense" && result.phases[name])) {
    problems.push({ field: "phases", message: "a ticket needs at least one of pruned, rewound and retrained" });
  }
  if (dense !== (result.maskHash === null)) {
    problems.push({ field: "maskHash", message: dense ? "a dense cell has none" : "a ticket needs its mask's hash" });
  }
}

/**
 * Checks that a result's numbers agree with each other: accuracy with scores, types with the whole, sparsity with the
 * ledger, label with measurement, mask with the saved checkpoint.
 *
 * @returns what is wrong, empty when nothing is
 */
export function verifyResult(result: Result): Problem[] {
  const problems: Problem[] = [];
  checkKind(result, problems);
  if (result.status === "failed") return problems;
  for (const name of phaseNames) checkPhase(name, result, problems);
  checkMask(result, problems);
  if (result.division !== "as-coded") checkProtocol(result, problems);
  result.training.forEach((stage, i) => {
    if (stage.epochs.length > 0 && stage.selectedEpoch >= stage.epochs.length) {
      const message = `epoch ${stage.selectedEpoch} of ${stage.epochs.length} (counted from 0)`;
      problems.push({ field: `training.${i}.selectedEpoch`, message });
    }
  });
  return problems;
}
