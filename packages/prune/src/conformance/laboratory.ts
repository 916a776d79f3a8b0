import { bceWithLogits, Dropout, tf } from "@ticketbench/backend";
import {
  adamW,
  disposeInput,
  gradientsOf,
  type LxmertConfig,
  Lxmert,
  Optimiser,
  trainStep,
  type VqaBatch,
  type Weights,
} from "@ticketbench/model";
import { type Calibration, calibrationOf, type Gradients } from "../calibration.ts";
import type { Method, Training } from "../define-method.ts";
import { ledgerOf } from "../ledger.ts";
import { Mask } from "../mask.ts";
import { prune, type PruneOutcome, startSchedule } from "../prune.ts";
import type { ScopeName } from "../scope.ts";
import { lxmertShapes, randomWeights, TINY, tinyBatch } from "./tiny-model.ts";

/** Optimiser steps of a training in the laboratory: enough for a schedule to begin, go on and end. */
const STEPS = 8;
const SETTINGS = adamW({ learningRate: 0.01, totalSteps: STEPS, weightDecay: 0.1 });

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
  readonly config: LxmertConfig = TINY;
  readonly weights: Weights = randomWeights(lxmertShapes(TINY), 1);
  readonly batches: readonly VqaBatch[] = [tinyBatch(6, 1), tinyBatch(5, 2)];
  readonly #questions = this.#printed();
  readonly #model = new Lxmert(TINY, this.weights);
  readonly calibration: Calibration = knownOnly(calibrationOf(this.#model, this.batches), this.weights);

  /** A parameter to whose weights some method has written; null while all kept their hands off. */
  writtenTo: string | null = null;

  /** Prunes as the bench would: at once, or in a short training for a schedule. Each trial gets weights of its own. */
  async try(method: Method, trial: Trial): Promise<PruneOutcome> {
    const pristine = trial.weights ?? this.weights;
    const weights = copyOf(pristine);
    const defaults = { scope: "encoder-matrices", seed: 1, heads: TINY.heads, calibration: this.calibration } as const;
    const settings = { ...defaults, training: this.#trainingFrom(pristine), ...trial, method, weights };
    const outcome = await ("schedule" in method ? this.#trySchedule(settings) : prune(settings));
    this.writtenTo ??= changedParameter(pristine, weights);
    return outcome;
  }

  /** The ticket search's training: from the trial's weights, a few steps, the mask held. */
  #trainingFrom(start: Weights): Training {
    return {
      train: async (mask) => {
        this.#model.load(known(start, this.weights));
        const masks = new Map(
          mask.prunable.filter((name) => this.weights.has(name)).map((name) => [name, mask.toBytes(name)]),
        );
        const optimiser = new Optimiser(this.#model.parameters, SETTINGS, masks);
        for (let step = 0; step < STEPS / 2; step++)
          trainStep(this.#model, optimiser, this.batches[step % 2] as VqaBatch, null);
        optimiser.dispose();
        return this.#weightsNow(start);
      },
    };
  }

  async #trySchedule(settings: Parameters<typeof prune>[0]): Promise<PruneOutcome> {
    const schedule = startSchedule({ ...settings, totalSteps: STEPS });
    this.#model.load(known(settings.weights, this.weights));
    let optimiser = new Optimiser(this.#model.parameters, SETTINGS);
    let mask: Mask | null = null;
    for (let step = 0; step < STEPS; step++) {
      const batch = this.batches[step % this.batches.length] as VqaBatch;
      const next = await schedule.maskAt(step, {
        weights: () => this.#weightsNow(settings.weights),
        gradients: () => this.#gradientsNow(batch, settings.weights),
      });
      if (next !== null) {
        const state = await optimiser.snapshot();
        optimiser.dispose();
        const held = next.prunable
          .filter((name) => this.weights.has(name))
          .map((name) => [name, next.toBytes(name)] as const);
        optimiser = new Optimiser(this.#model.parameters, SETTINGS, new Map(held));
        optimiser.load(state);
        mask = next;
      }
      trainStep(this.#model, optimiser, batch, new Dropout(0, 1));
    }
    optimiser.dispose();
    const weights = await this.#weightsNow(settings.weights);
    const final = mask ?? Mask.dense(new Map([...weights].map(([name, { shape }]) => [name, shape])), []);
    return { mask: final, ledger: ledgerOf(final), weights };
  }

  async #weightsNow(like: Weights): Promise<Weights> {
    const now = await this.#model.snapshot();
    return new Map([...like].map(([name, tensor]) => [name, now.get(name) ?? tensor]));
  }

  async #gradientsNow(batch: VqaBatch, like: Weights): Promise<Gradients> {
    const { loss, gradients } = gradientsOf(this.#model.parameters, () =>
      bceWithLogits(this.#model.forward(batch, null).logits, batch.targets),
    );
    const now = new Map<string, Float32Array>(
      [...like].map(([name, { values }]) => [name, new Float32Array(values.length)]),
    );
    for (const [name, gradient] of gradients) now.set(name, await gradient.data<"float32">());
    tf.dispose([loss, ...gradients.values()]);
    return now;
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

/** Calibration for weights with made-up extra parameters, which the model would refuse: their gradient is 0. */
function knownOnly(calibration: Calibration, model: Weights): Calibration {
  return {
    batches: calibration.batches,
    gradients: async (weights, batch) => {
      const gradients = await calibration.gradients(known(weights, model), batch);
      return new Map(
        [...weights].map(([name, { values }]) => [name, gradients.get(name) ?? new Float32Array(values.length)]),
      );
    },
    visitInputs: (weights, visit) => calibration.visitInputs(known(weights, model), visit),
  };
}
