import type { DatasetCard, ResultInput } from "@ticketbench/results";
import type { Logger } from "pino";
import type { Cell, Pruning, Training } from "../plan/cell.ts";
import type { Workload } from "../plan/estimate.ts";
import type { Identities } from "../plan/plan.ts";
import type { Bundle } from "./bundle.ts";
import type { CheckpointFolder } from "./checkpoints.ts";

/** What a cell says about itself while it runs. */
export interface Progress {
  /** What it is doing: a phase or a part of one ("pretrain", "dense", "retrained"). */
  readonly phase: string;
  readonly step: number;
  readonly steps: number;
  /** Share of the whole cell that is behind it, 0..1. */
  readonly fraction?: number | undefined;
  readonly samplesPerSecond?: number | undefined;
  /** 0..1, of the last evaluation. */
  readonly accuracy?: number | undefined;
}

/** What a cell's program may use. Everything it writes is written whole or not at all. */
export interface CellContext {
  readonly report: (progress: Progress) => void;
  /** Aborted when the run is to stop. */
  readonly signal: AbortSignal;
  /**
   * Let the process hear signals: await it after each step. Throws Interrupted when the run is to stop; a caller with
   * something to save catches that, saves, and throws it again.
   */
  readonly breathe: () => Promise<void>;
  /** Snapshots of this cell, gone when it is done. */
  readonly checkpoints: CheckpointFolder;
  /** Keep an artifact of this cell for the cells that need it; returns its content hash. */
  keep(name: string, bundle: Bundle): Promise<string>;
  /** An artifact that a needed cell kept; throws ArtifactError where it is missing or damaged. */
  artifact(cell: string, name: string): Promise<Bundle>;
  /** Lay the questions that the cell is scored on beside its result, once for all results there. */
  publishCard(card: DatasetCard): Promise<void>;
  readonly log: Logger;
}

/** The parts of a finished result that only the measurement knows; the rest is filled in around it. */
export type Measurement = Pick<
  Extract<ResultInput, { status: "done" }>,
  | "seeds"
  | "dataset"
  | "model"
  | "measured"
  | "ledger"
  | "maskHash"
  | "zeroMask"
  | "phases"
  | "training"
  | "cost"
  | "bytes"
  | "flops"
  | "latency"
>;

/**
 * Does one cell's work. A start cell keeps one artifact, which is what it is for, and returns null; a dense or ticket
 * cell returns what it measured.
 */
export type CellProgram = (cell: Cell, context: CellContext) => Promise<Measurement | null>;

/** The default export of a program module: the science that bench runs. */
export interface Program {
  readonly identities: Identities;
  readonly run: CellProgram;
  /** Images that training shares with evaluation, a line each, for whoever plans or runs. */
  readonly leaks?: (settings: Training) => Promise<readonly string[]>;
  /** What may be pruned of a training's network, in words and counted, for whoever plans. */
  readonly prunable?: (settings: Training, scope: Pruning["scope"]) => Promise<string>;
  /** For estimates of cells that no past result has the cost of. */
  readonly workload?: Workload;
}

/** Thrown by a cell that was asked to stop and has saved where it was. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  constructor() {
    super("asked to stop");
  }
}

export type FailureReason = Extract<ResultInput, { status: "failed" }>["failure"]["reason"];

/** A cell that cannot have a result, with the reason the record is to give: a loss of NaN is "diverged". */
export class CellFailure extends Error {
  override readonly name = "CellFailure";
  readonly reason: FailureReason;

  constructor(reason: FailureReason, message: string) {
    super(message);
    this.reason = reason;
  }
}
