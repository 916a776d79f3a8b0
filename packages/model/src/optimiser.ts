import {
  type AdamSettings,
  adamStep,
  engineCapacity,
  EngineError,
  type OptimiserSlot,
  readGlobalNorm,
  tf,
} from "@ticketbench/backend";
import { ModelError } from "./error.ts";
import { learningRateAt, type Schedule } from "./schedule.ts";
import { assignVariables, readVariables, type Variables } from "./variables.ts";
import type { Weights, WeightTensor } from "./weights.ts";

export interface OptimiserSettings extends Schedule {
  readonly beta1: number;
  readonly beta2: number;
  /** Outside the square root. */
  readonly epsilon: number;
  /** Decoupled, on every parameter that has a gradient, biases and LayerNorm included. */
  readonly weightDecay: number;
  /** Divide the moments by 1 - beta^step (Adam, AdamW) or take them as they are (BertAdam). */
  readonly biasCorrection: boolean;
  /** Largest global norm of the gradients; Infinity never clips. */
  readonly clipNorm: number;
}

/** What a run chooses; everything else has the optimiser's own value. */
type Chosen = Pick<OptimiserSettings, "learningRate" | "totalSteps"> & Partial<OptimiserSettings>;

/** BERT's and LXMERT's optimiser: no bias correction, linear warm-up over 10 %, decay to 0, gradients clipped at 5. */
export function bertAdam(chosen: Chosen): OptimiserSettings {
  return {
    warmup: 0.1,
    decay: "linear",
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-6,
    weightDecay: 0.01,
    biasCorrection: false,
    clipNorm: 5,
    ...chosen,
  };
}

/** AdamW (Loshchilov and Hutter 2019) with bias correction, under the same schedule. */
export function adamW(chosen: Chosen): OptimiserSettings {
  return { ...bertAdam(chosen), epsilon: 1e-8, biasCorrection: true, ...chosen };
}

/** Masks by parameter name, one entry a weight: 1 = keep, 0 = pruned. A parameter without one is kept whole. */
export type OptimiserMasks = ReadonlyMap<string, Uint8Array>;

export interface OptimiserStep {
  readonly learningRate: number;
  /** Global norm before clipping. */
  readonly gradientNorm: number;
}

/** A training whose gradients are no longer numbers: nothing has moved, and no further step makes sense. */
export class DivergedError extends Error {
  override readonly name = "DivergedError";
}

/** Bytes a parameter takes in training: its value, its gradient and two moments. */
const TRAINING_BYTES = 16;

/**
 * Refuses a training for which the open engine has no room, before anything is allocated: parameters in training may
 * take three quarters of its memory, activations need the rest.
 * @param parameters how many weights are trained
 * @throws EngineError naming the engine to use
 */
export function requireRoomToTrain(parameters: number): void {
  const capacity = engineCapacity();
  if (capacity === null || TRAINING_BYTES * parameters <= 0.75 * capacity) return;
  const gib = (bytes: number): string => (bytes / 2 ** 30).toFixed(1);
  throw new EngineError(
    `wasm engine: ${parameters.toLocaleString("en")} parameters with gradients and moments take ` +
      `${gib(TRAINING_BYTES * parameters)} GiB, too much of its ${gib(capacity)} GiB to train: ` +
      "use the tensorflow engine (npm run engine:tensorflow). Evaluation does run on wasm",
  );
}

interface Moments {
  readonly first: tf.Variable;
  readonly second: tf.Variable;
}

/**
 * Optimises parameters in place. A pruned weight and its moments are exactly 0 from the start and after every step; a
 * parameter without a gradient is not touched at all, weight decay included, as in the original.
 */
export class Optimiser {
  readonly settings: OptimiserSettings;
  readonly #parameters: Variables;
  readonly #masks = new Map<string, tf.Tensor>();
  readonly #moments = new Map<string, Moments>();
  #steps = 0;

  /**
   * @throws ModelError when a mask names no parameter or has another size
   * @throws EngineError when the engine has no room for the training
   */
  constructor(parameters: Variables, settings: OptimiserSettings, masks: OptimiserMasks = new Map()) {
    requireRoomToTrain([...parameters.values()].reduce((sum, { size }) => sum + size, 0));
    this.#parameters = parameters;
    this.settings = settings;
    for (const [name, mask] of masks) {
      const parameter = parameters.get(name);
      if (parameter === undefined) throw new ModelError(`mask: ${name} is not a parameter of this model`);
      if (mask.length !== parameter.size)
        throw new ModelError(`mask: ${name} has ${mask.length} entries, expected ${parameter.size}`);
    }
    for (const [name, mask] of masks) this.#hold(name, parameters.get(name) as tf.Variable, mask);
  }

  /** Steps taken so far. */
  get steps(): number {
    return this.#steps;
  }

  /**
   * One step, which uses the gradients up: each is disposed of as soon as its parameter has moved, all of them when
   * the step fails.
   * @param gradients by parameter name; parameters left out have no gradient
   * @throws DivergedError before anything has moved
   */
  async step(gradients: ReadonlyMap<string, tf.Tensor>): Promise<OptimiserStep> {
    try {
      const { clipNorm } = this.settings;
      const learningRate = learningRateAt(this.settings, this.#steps);
      const gradientNorm = await readGlobalNorm([...gradients.values()]);
      if (!Number.isFinite(gradientNorm))
        throw new DivergedError(
          `step ${this.#steps + 1}: the gradient norm is ${gradientNorm}; the training has diverged`,
        );
      this.#steps++;
      const settings = this.#adamSettings(learningRate, Math.min(1, clipNorm / (gradientNorm + 1e-6)));
      for (const [name, gradient] of gradients) {
        adamStep(this.#slot(name), gradient, settings);
        gradient.dispose();
      }
      return { learningRate, gradientNorm };
    } finally {
      tf.dispose([...gradients.values()]);
    }
  }

  #adamSettings(learningRate: number, gradientScale: number): AdamSettings {
    const { beta1, beta2, epsilon, weightDecay, biasCorrection } = this.settings;
    const correction = (beta: number): number => (biasCorrection ? 1 - beta ** this.#steps : 1);
    return {
      learningRate,
      beta1,
      beta2,
      epsilon,
      weightDecay,
      correction1: correction(beta1),
      correction2: correction(beta2),
      gradientScale,
    };
  }

  #slot(name: string): OptimiserSlot {
    const parameter = this.#parameter(name);
    let moments = this.#moments.get(name);
    if (moments === undefined) {
      moments = { first: zeroVariable(parameter), second: zeroVariable(parameter) };
      this.#moments.set(name, moments);
    }
    const mask = this.#masks.get(name) ?? null;
    return { parameter, firstMoment: moments.first, secondMoment: moments.second, mask };
  }

  #parameter(name: string): tf.Variable {
    const parameter = this.#parameters.get(name);
    if (parameter === undefined) throw new ModelError(`optimiser: ${name} is not a parameter of this model`);
    return parameter;
  }

  #hold(name: string, parameter: tf.Variable, mask: Uint8Array): void {
    tf.tidy(() => {
      this.#masks.set(name, tf.keep(tf.tensor(mask, parameter.shape, "bool")));
      parameter.assign(tf.mul(parameter, tf.tensor(Float32Array.from(mask), parameter.shape)));
    });
  }

  /** Everything a resumed run needs to go on bit for bit: the step count, and both moments of each parameter. */
  async snapshot(): Promise<Weights> {
    const steps: WeightTensor = { shape: [], values: Float32Array.of(this.#steps) };
    return new Map([["steps", steps], ...(await readVariables(this.#state()))]);
  }

  /** The moments by the names they are saved under, in the parameters' order. */
  #state(): Variables {
    const state = new Map<string, tf.Variable>();
    for (const name of this.#parameters.keys()) {
      const moments = this.#moments.get(name);
      if (moments === undefined) continue;
      state.set(`first.${name}`, moments.first);
      state.set(`second.${name}`, moments.second);
    }
    return state;
  }

  /** Goes back to a snapshot. @throws ModelError when it is of another model */
  load(state: Weights): void {
    const steps = state.get("steps")?.values[0];
    if (steps === undefined) throw new ModelError("optimiser state: holds no step count");
    const names = [...state.keys()].filter((key) => key.startsWith("first.")).map((key) => key.slice("first.".length));
    for (const name of names) {
      const { size } = this.#parameter(name);
      for (const moment of ["first", "second"]) {
        const found = state.get(`${moment}.${name}`)?.values.length ?? 0;
        if (found !== size)
          throw new ModelError(`optimiser state: ${moment}.${name} holds ${found} values, expected ${size}`);
      }
    }
    this.#forgetMoments();
    this.#steps = steps;
    for (const name of names) this.#slot(name);
    assignVariables(this.#state(), state);
  }

  #forgetMoments(): void {
    for (const { first, second } of this.#moments.values()) tf.dispose([first, second]);
    this.#moments.clear();
  }

  dispose(): void {
    this.#forgetMoments();
    for (const mask of this.#masks.values()) mask.dispose();
    this.#masks.clear();
  }
}

function zeroVariable(like: tf.Variable): tf.Variable {
  return tf.tidy(() => tf.variable(tf.zeros(like.shape), false));
}
