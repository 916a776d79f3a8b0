import {
  adamW,
  disposeInput,
  Lxmert,
  type LxmertConfig,
  Optimiser,
  trainStep,
  type VqaBatch,
  type Weights,
} from "@ticketbench/model";
import { type Calibration, calibrationOf, type Gradients } from "../calibration.ts";
import type { Method, Schedule, Training } from "../define-method.ts";
import { Mask } from "../mask.ts";
import { changeMask, optimiserMasks, trainingState } from "../masked-training.ts";
import magnitude from "../methods/magnitude.ts";
import { prune, type PruneOutcome } from "../prune.ts";
import type { ScopeName } from "../scope.ts";
import { shapesOf } from "../shapes.ts";
import { lxmertShapes, randomWeights, SMALLEST, tinyBatch } from "./tiny-model.ts";

/** Optimiser steps of a training in the laboratory: enough for a schedule to begin, go on and end. */
export const STEPS = 6;
const SETTINGS = adamW({ learningRate: 0.01, totalSteps: STEPS, weightDecay: 0.1 });

/** The one method that controls can build on here. */
function load(name: string): Promise<Method> {
  if (name === "magnitude") return Promise.resolve(magnitude);
  return Promise.reject(new Error(`the laboratory has no method ${name}`));
}

/** One pruning to try. */
export interface Trial {
  readonly sparsity: number;
  readonly seed?: number;
  readonly weights?: Weights;
  readonly scope?: ScopeName;
  readonly calibration?: Calibration;
  readonly training?: Training;
}

/** A tiny model with made-up questions, on which methods are tried; everything it makes is seeded. */
export class Laboratory {
  readonly config: LxmertConfig = SMALLEST;
  readonly weights: Weights = randomWeights(lxmertShapes(SMALLEST), 1);
  readonly batches: readonly VqaBatch[] = [tinyBatch(6, 1), tinyBatch(5, 2)];
  readonly #questions = this.#printed();
  readonly #model = new Lxmert(SMALLEST, this.weights);
  readonly calibration: Calibration = tolerant(calibrationOf(this.#model, this.batches), this.weights);

  /** A parameter to whose weights some method has written; null while all kept their hands off. */
  writtenTo: string | null = null;

  /** Prunes as the bench would: at once, or in a short training for a schedule. Each trial gets weights of its own. */
  async try(method: Method, trial: Trial): Promise<PruneOutcome> {
    const pristine = trial.weights ?? this.weights;
    const weights = copyOf(pristine);
    const defaults = {
      scope: "encoder-matrices",
      seed: 1,
      heads: SMALLEST.heads,
      load,
      calibration: this.calibration,
    } as const;
    const outcome = await prune({ ...defaults, training: this.#trainingFrom(weights), ...trial, method, weights });
    this.writtenTo ??= changedParameter(pristine, weights);
    return outcome;
  }

  /** Training from the trial's weights for a few steps, under a mask that is held or one that changes. */
  #trainingFrom(start: Weights): Training {
    return {
      train: async (mask) => {
        this.#model.load(known(start, this.weights));
        const optimiser = new Optimiser(this.#model.parameters, SETTINGS, optimiserMasks(this.#knownPart(mask)));
        for (let step = 0; step < STEPS / 2; step++) await trainStep(this.#model, optimiser, this.#batchOf(step), null);
        optimiser.dispose();
        return withExtras(await this.#model.snapshot(), start);
      },
      follow: (begin) => this.#follow(begin(start, STEPS), start),
    };
  }

  async #follow(schedule: Schedule, start: Weights): Promise<{ weights: Weights; mask: Mask }> {
    this.#model.load(known(start, this.weights));
    let optimiser = new Optimiser(this.#model.parameters, SETTINGS);
    let mask = Mask.dense(shapesOf(start), []);
    for (let step = 0; step < STEPS; step++) {
      const batch = this.#batchOf(step);
      const state = trainingState(this.#model, batch);
      const next = await schedule.maskAt(step, {
        weights: async () => withExtras(await state.weights(), start),
        gradients: async () => gradientsWithExtras(await state.gradients(), start),
        set: (weights) => state.set(known(weights, this.weights)),
      });
      if (next !== null) {
        mask = next;
        optimiser = await changeMask(this.#model, optimiser, this.#knownPart(next));
      }
      await trainStep(this.#model, optimiser, batch, null);
    }
    optimiser.dispose();
    return { weights: withExtras(await this.#model.snapshot(), start), mask };
  }

  #batchOf(step: number): VqaBatch {
    return this.batches[step % this.batches.length] as VqaBatch;
  }

  /** The mask of the model's own parameters: those that a trial made up are not trained. */
  #knownPart(mask: Mask): Mask {
    const bits = mask.prunable.filter((name) => this.weights.has(name)).map((name) => [name, mask.bits(name)] as const);
    return new Mask(shapesOf(this.weights), new Map(bits));
  }

  /** Whether anyone has written to the calibration questions since the laboratory opened. */
  questionsChanged(): boolean {
    return this.#printed() !== this.#questions;
  }

  #printed(): string {
    const tensors = this.batches.flatMap(({ tokens, features, boxes, targets }) => [tokens, features, boxes, targets]);
    return JSON.stringify(tensors.map((tensor) => [...(tensor?.dataSync() ?? [])]));
  }

  dispose(): void {
    this.#model.dispose();
    for (const batch of this.batches) disposeInput(batch);
  }
}

function copyOf(weights: Weights): Weights {
  return new Map([...weights].map(([name, { shape, values }]) => [name, { shape, values: values.slice() }]));
}

/** The first parameter in which two sets of weights differ, bit by bit; null when none does. */
function changedParameter(before: Weights, after: Weights): string | null {
  for (const [name, { values }] of before) {
    const now = after.get(name)?.values;
    if (now?.length !== values.length || values.some((value, i) => !Object.is(value, now[i]))) return name;
  }
  return null;
}

/** Of weights with made-up extra parameters, those that the model has. */
function known(weights: Weights, model: Weights): Weights {
  return new Map([...weights].filter(([name]) => model.has(name)));
}

/** Weights of the model, and with them the made-up parameters of a trial, in the trial's order. */
function withExtras(weights: Weights, trial: Weights): Weights {
  return new Map([...trial].map(([name, tensor]) => [name, weights.get(name) ?? tensor]));
}

/** Gradients of the model, and with them those of a trial's made-up parameters: 0. */
function gradientsWithExtras(gradients: Gradients, trial: Weights): Gradients {
  return new Map(
    [...trial].map(([name, { values }]) => [name, gradients.get(name) ?? new Float32Array(values.length)]),
  );
}

/** Calibration for trials with made-up parameters, which the model itself would refuse. */
function tolerant(calibration: Calibration, model: Weights): Calibration {
  return {
    batches: calibration.batches,
    gradients: async (weights, batch) =>
      gradientsWithExtras(await calibration.gradients(known(weights, model), batch), weights),
    visitInputs: (weights, visit) => calibration.visitInputs(known(weights, model), visit),
  };
}
