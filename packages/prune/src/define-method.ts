import type { RandomStream } from "@ticketbench/backend";
import type { Weights } from "@ticketbench/model";
import type { z } from "zod";
import type { Allocation, Granularity } from "./allocation.ts";
import type { Calibration, Gradients } from "./calibration.ts";
import type { Mask } from "./mask.ts";
import type { Module } from "./parameter.ts";
import type { Scores } from "./select.ts";
import type { Shapes } from "./shapes.ts";

/** Trains the ticket as the study's recipe says: what a method gets that needs training to find its mask. */
export interface Training {
  /** From the rewind point, with the mask held at every step, to the end; returns the trained weights. */
  train(mask: Mask): Promise<Weights>;
  /**
   * From the rewind point to the end under a mask that changes on the way; returns the trained weights and the last mask.
   * @param begin starts the schedule for the weights that training starts from and its number of optimiser steps
   */
  follow(begin: (start: Weights, totalSteps: number) => Schedule): Promise<{ weights: Weights; mask: Mask }>;
}

/** What a method may look at. There is no way from here to evaluation data. */
export interface PruneContext<Params = unknown> {
  /** Every parameter of the model, to read and never to write. */
  readonly weights: Weights;
  readonly shapes: Shapes;
  /** The parameters in the scope, sorted by name. */
  readonly prunable: readonly string[];
  readonly params: Params;
  /** The share of the prunable weights to remove, in [0, 1). */
  readonly sparsity: number;
  /** How many of the prunable weights stay. */
  readonly keep: number;
  /** The mask of the `keep` highest scores, among the weights and with the shares that the method or the study says. */
  readonly select: (scores: Scores, keep: number) => Mask;
  /** What another method makes of the same request: for controls. */
  readonly pruneWith: (method: string, params: unknown) => Promise<Pruned>;
  /** Attention heads a layer; a PruneError when the caller did not say. */
  readonly heads: number;
  /** Training questions to learn from; a PruneError for a method that did not say it needs them. */
  readonly calibration: Calibration;
  /** Training from the rewind point, for a method that says it needs it. */
  readonly training: Training;
  /** The seeded random numbers of one parameter: the same whatever else was drawn before. */
  readonly random: (name: string) => RandomStream;
}

/** One parameter to score. */
export interface ScoreContext<Params, Evidence> {
  readonly name: string;
  readonly module: Module;
  readonly shape: readonly number[];
  /** The weights, row-major ([out, in]), to read and never to write. */
  readonly values: Float32Array;
  readonly params: Params;
  readonly random: RandomStream;
  /** What `prepare` returned. */
  readonly evidence: Evidence;
}

/** What a method is, for people: the first lines of its file. */
export interface MethodCard<Schema extends z.ZodType> {
  readonly title: string;
  /** The idea in one sentence. */
  readonly idea: string;
  readonly family:
    | "magnitude"
    | "control"
    | "random"
    | "gradient"
    | "calibration"
    | "pattern"
    | "structure"
    | "schedule"
    | "as-coded";
  /** BibTeX of the paper. */
  readonly cite: string;
  /** Parameters with ranges, defaults and descriptions. */
  readonly params: Schema;
  /** What it needs beyond the weights; `method` is another method, with whatever that one needs. */
  readonly needs: "nothing" | "calibration" | "gradients" | "training" | "method";
  /** Whether its mask at a higher sparsity lies inside its mask at a lower one, for one seed and the same weights. */
  readonly nests: boolean;
  /** Among which weights scores are ranked, where that is part of the method; left out, the study says. */
  readonly granularity?: Granularity;
  /** Who keeps how many, where that is part of the method; left out, the study says. */
  readonly allocation?: Allocation;
  /** Set on a method that repeats a published run, faults included: how it retrained and what it called a sparsity. */
  readonly asCoded?: AsCoded;
}

export interface AsCoded {
  /** The mask zeroed the start weights once and was never applied again. */
  readonly retraining: "dense";
  /** The published label (0..1) of a run at a nominal sparsity; the measured one is always counted from the mask. */
  label(sparsity: number): number;
}

/** A method that gives each weight a number; the kit turns the numbers into an exact mask. */
export interface ScoreMethod<Schema extends z.ZodType, Evidence> extends MethodCard<Schema> {
  /** Looks at the whole model once, before any parameter is scored. */
  prepare?(context: PruneContext<z.output<Schema>>): Evidence | Promise<Evidence>;
  /** One number a weight; higher is kept. */
  score(context: ScoreContext<z.output<Schema>, Evidence>): Float32Array;
}

/** What a `mask` method makes. */
export interface Pruned {
  readonly mask: Mask;
  /** The weights with those that stay updated, if the method updates them. */
  readonly weights?: Weights;
  /** What the mask is put on before retraining: the study's start weights, or as many that nobody trained. */
  readonly rewindTo?: "start" | "fresh";
  /**
   * Weights by which the count may miss the target, where weights go together by the head, neuron or group; 1, which is
   * exact, if left out.
   */
  readonly resolution?: number;
}

/** A method that makes the whole mask itself. */
export interface MaskMethod<Schema extends z.ZodType> extends MethodCard<Schema> {
  /** `exact`: the mask must meet the target to half a weight. `own`: its pattern or rounds decide the count. */
  readonly count: "exact" | "own";
  mask(context: PruneContext<z.output<Schema>>): Pruned | Promise<Pruned>;
  /** What it claims to keep, one number a weight, higher is kept: lets the kit see a mask that is the wrong way round. */
  claim?(values: Float32Array): Float32Array;
}

/** What a schedule may look at while it trains. */
export interface TrainingState {
  /** The weights as they are now; pruned ones are 0. */
  weights(): Promise<Weights>;
  /** Gradients of the batch about to be trained on, of pruned weights too. Costs a backward pass. */
  gradients(): Promise<Gradients>;
  /** Sets weights by name before the step: those that come back under the mask about to be given, and are not to start from 0. */
  set(weights: Weights): Promise<void>;
}

/** A mask that changes while the network trains. */
export interface Schedule {
  /**
   * Asked before every optimiser step, `step` counting from 0 to totalSteps - 1: the mask to hold from now on, or null
   * to hold on to the one before. A weight that comes back starts from 0, unless the schedule sets it.
   */
  maskAt(step: number, state: TrainingState): Promise<Mask | null>;
}

export interface ScheduleContext<Params = unknown> extends PruneContext<Params> {
  /** Optimiser steps of the whole training. */
  readonly totalSteps: number;
}

/** A method that prunes while it trains; after the last step its mask must meet the target exactly. */
export interface ScheduleMethod<Schema extends z.ZodType> extends MethodCard<Schema> {
  schedule(context: ScheduleContext<z.output<Schema>>): Schedule;
}

/** Any method, its parameter types forgotten. */
export type Method = ScoreMethod<z.ZodType, unknown> | MaskMethod<z.ZodType> | ScheduleMethod<z.ZodType>;

/** Says what a method is; the default export of every file in `methods/`. It only helps the types along. */
export function defineMethod<Schema extends z.ZodType, Evidence = undefined>(
  method: ScoreMethod<Schema, Evidence>,
): ScoreMethod<Schema, Evidence>;
export function defineMethod<Schema extends z.ZodType>(method: MaskMethod<Schema>): MaskMethod<Schema>;
export function defineMethod<Schema extends z.ZodType>(method: ScheduleMethod<Schema>): ScheduleMethod<Schema>;
export function defineMethod(method: unknown): unknown {
  return method;
}
