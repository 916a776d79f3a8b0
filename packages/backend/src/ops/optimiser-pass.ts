import { tf } from "../tf.ts";

/** A parameter with what the optimiser keeps for it; all of one shape. */
export interface OptimiserSlot {
  readonly parameter: tf.Variable;
  readonly firstMoment: tf.Variable;
  readonly secondMoment: tf.Variable;
  /** dtype bool, 1 = keep; null keeps everything. */
  readonly mask: tf.Tensor | null;
}

/** The numbers of one step of the Adam family (Kingma and Ba 2015; Loshchilov and Hutter 2019 for the decay). */
export interface AdamSettings {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  /** Outside the square root. */
  readonly epsilon: number;
  /** Decoupled; added to the update before the learning rate. */
  readonly weightDecay: number;
  /** 1 - beta1^t and 1 - beta2^t; both 1 for BertAdam, which corrects no bias. */
  readonly correction1: number;
  readonly correction2: number;
  /** What every gradient is multiplied with first: the clip factor. */
  readonly gradientScale: number;
}

/** How a tfjs backend does the optimiser's part, which changes tensors in place and so is not a kernel. */
export interface OptimiserPass {
  sumOfSquares(tensors: readonly tf.Tensor[]): number;
  adamStep(slot: OptimiserSlot, gradient: tf.Tensor, settings: AdamSettings): void;
}

const passes = new Map<string, OptimiserPass>();

/** Gives a tfjs backend its own optimiser pass; without one the stock operations serve. */
export function registerOptimiserPass(backendName: string, pass: OptimiserPass): void {
  passes.set(backendName, pass);
}

function sumOfSquares(tensors: readonly tf.Tensor[]): tf.Tensor {
  return tf.tidy(() => {
    if (tensors.length === 0) return tf.scalar(0);
    return tf.sum(tf.stack(tensors.map((tensor) => tf.sum(tf.square(tensor)))));
  });
}

const stockPass: OptimiserPass = {
  sumOfSquares: (tensors) => tf.tidy(() => sumOfSquares(tensors).dataSync()[0] as number),
  adamStep: ({ parameter, firstMoment, secondMoment, mask }, gradient, settings) => {
    tf.tidy(() => {
      const held = <T extends tf.Tensor>(tensor: T): T =>
        mask === null ? tensor : tf.mul(tensor, tf.cast(mask, "float32"));
      const scaled = settings.gradientScale === 1 ? gradient : tf.mul(gradient, settings.gradientScale);
      const first = held(tf.add(tf.mul(firstMoment, settings.beta1), tf.mul(scaled, 1 - settings.beta1)));
      const second = held(tf.add(tf.mul(secondMoment, settings.beta2), tf.mul(tf.square(scaled), 1 - settings.beta2)));
      const deviation = tf.add(tf.sqrt(tf.div(second, settings.correction2)), settings.epsilon);
      const update = tf.add(
        tf.div(tf.div(first, settings.correction1), deviation),
        tf.mul(parameter, settings.weightDecay),
      );
      const next = held(tf.sub(parameter, tf.mul(update, settings.learningRate)));
      firstMoment.assign(first);
      secondMoment.assign(second);
      parameter.assign(next);
    });
  },
};

function currentPass(): OptimiserPass {
  return passes.get(tf.getBackend()) ?? stockPass;
}

/** Euclidean norm over all elements of all tensors. */
export function globalNorm(tensors: readonly tf.Tensor[]): number {
  return Math.sqrt(currentPass().sumOfSquares(tensors));
}

/** `globalNorm` for engines that read values back only asynchronously (webgpu) as well as all others. */
export async function readGlobalNorm(tensors: readonly tf.Tensor[]): Promise<number> {
  const pass = passes.get(tf.getBackend());
  if (pass !== undefined) return Math.sqrt(pass.sumOfSquares(tensors));
  const sum = sumOfSquares(tensors);
  const [value] = await sum.data();
  sum.dispose();
  return Math.sqrt(value as number);
}

/** One fused optimiser step of one parameter, in place; pruned weights and their moments are exactly 0 afterwards. */
export function adamStep(slot: OptimiserSlot, gradient: tf.Tensor, settings: AdamSettings): void {
  currentPass().adamStep(slot, gradient, settings);
}
