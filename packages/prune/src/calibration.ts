import { bceWithLogits, tf } from "@ticketbench/backend";
import { gradientsOf, type Lxmert, type VqaBatch, type Weights } from "@ticketbench/model";
import { PruneError } from "./prune-error.ts";

/** One number a weight, by parameter name. */
export type Gradients = ReadonlyMap<string, Float32Array>;

/** What a linear layer was given: `rows` is [count, columns], row-major, a copy. */
export type InputVisitor = (weight: string, rows: Float32Array, columns: number) => void;

/** What a method may learn from training questions. Made of training data alone. */
export interface Calibration {
  readonly batches: number;
  /**
   * d loss / d weight at `weights`, without dropout: of one batch, or the mean over all questions. Parameters that the
   * loss does not reach have zeros.
   */
  gradients(weights: Weights, batch?: number): Promise<Gradients>;
  /** Runs every batch forward and shows what each linear layer was given, under its weight's name. */
  visitInputs(weights: Weights, visit: InputVisitor): Promise<void>;
}

/** Calibration on these batches with a model of the right config; its own weights are as before after each call. */
export function calibrationOf(model: Lxmert, batches: readonly VqaBatch[]): Calibration {
  if (batches.length === 0) throw new PruneError("calibration needs at least one batch of training questions");
  const withWeights = async <T>(weights: Weights, work: () => Promise<T>): Promise<T> => {
    const own = await model.snapshot();
    model.load(weights);
    try {
      return await work();
    } finally {
      model.load(own);
    }
  };
  return {
    batches: batches.length,
    gradients: (weights, batch) =>
      withWeights(weights, () => meanGradients(model, batch === undefined ? batches : batches.slice(batch, batch + 1))),
    visitInputs: (weights, visit) =>
      withWeights(weights, () => {
        watchLinear(model, visit, () => {
          for (const batch of batches) tf.tidy(() => void model.forward(batch, null));
        });
        return Promise.resolve();
      }),
  };
}

/** d loss / d weight of the model as it is, without dropout, mean over all questions; zeros where the loss does not reach. */
export async function meanGradients(model: Lxmert, batches: readonly VqaBatch[]): Promise<Gradients> {
  const questions = batches.reduce((sum, { batch }) => sum + batch, 0);
  const mean = new Map([...model.parameters].map(([name, { size }]) => [name, new Float32Array(size)]));
  for (const batch of batches) {
    const { loss, gradients } = gradientsOf(model.parameters, () =>
      bceWithLogits(model.forward(batch, null).logits, batch.targets),
    );
    for (const [name, gradient] of gradients)
      add(mean.get(name), await gradient.data<"float32">(), batch.batch / questions);
    tf.dispose([loss, ...gradients.values()]);
  }
  return mean;
}

function add(sum: Float32Array | undefined, values: Float32Array, factor: number): void {
  for (let i = 0; i < values.length; i++)
    if (sum !== undefined) sum[i] = (sum[i] as number) + factor * (values[i] as number);
}

/** Runs `work` with a watch on the engine's Linear kernel, which every dense layer goes through. */
function watchLinear(model: Lxmert, visit: InputVisitor, work: () => void): void {
  const names = new Map([...model.parameters].map(([name, parameter]) => [parameter.dataId, name]));
  const engine = tf.getBackend();
  const kernel = tf.getKernel("Linear", engine);
  const replace = (by: tf.KernelConfig) => {
    tf.unregisterKernel("Linear", engine);
    tf.registerKernel(by);
  };
  const watched: tf.KernelConfig["kernelFunc"] = (call) => {
    const { x, weight } = call.inputs as { x: tf.TensorInfo; weight: tf.TensorInfo };
    const name = names.get(weight.dataId);
    const columns = x.shape[1] ?? 1;
    if (name !== undefined) visit(name, (tf.engine().readSync(x.dataId) as Float32Array).slice(), columns);
    return kernel.kernelFunc(call);
  };
  replace({ ...kernel, kernelFunc: watched });
  try {
    work();
  } finally {
    replace(kernel);
  }
}
