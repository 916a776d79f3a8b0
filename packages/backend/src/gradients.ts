import { FUSED_KERNELS } from "./kernels/portable.ts";
import { tf } from "./tf.ts";

/** A recorded call, as tfjs's engine keeps it while a gradient is taken. */
interface TapeNode {
  readonly kernelName: string;
  readonly inputs: Readonly<Record<string, tf.Tensor>>;
  readonly outputs: readonly tf.Tensor[];
  /** Clones that the gradient reads. */
  readonly saved: tf.Tensor[];
  /** Gradients of the inputs, each computed when it is asked for; null stands for an output that got none. */
  readonly gradient?: (dys: readonly (tf.Tensor | null)[]) => Readonly<Record<string, () => tf.Tensor>>;
}

/** The part of tfjs's engine that records. */
interface Recorder {
  readonly state: { activeTape: TapeNode[] | null; readonly gradientDepth: number };
  startTape(): void;
  endTape(): void;
}

/** Gradients that belong to tensors, by the tensors' ids. */
type GradientMap = Map<number, tf.Tensor>;

/**
 * A loss and its gradients with respect to variables, by backpropagation. Other than `tf.variableGrads`, it frees what
 * a call saved and the gradients it was given as soon as it is through with the call, which halves the memory of a
 * training step, and fills in no zeros for outputs that nothing reads.
 * @returns the loss and one gradient a variable, null where the loss does not depend on it; dispose of them
 */
export function lossAndGradients(
  loss: () => tf.Scalar,
  variables: readonly tf.Variable[],
): { value: tf.Scalar; gradients: readonly (tf.Tensor | null)[] } {
  const { value, tape } = record(loss);
  try {
    const found = tf.tidy(() => Object.fromEntries(backpropagate(tape, value, variables)));
    return { value, gradients: variables.map(({ id }) => found[id] ?? null) };
  } catch (error) {
    value.dispose();
    throw error;
  } finally {
    for (const { saved } of tape) tf.dispose(saved);
  }
}

function record(loss: () => tf.Scalar): { value: tf.Scalar; tape: readonly TapeNode[] } {
  const recorder = tf.engine() as unknown as Recorder;
  if (recorder.state.gradientDepth > 0) throw new Error("lossAndGradients: called inside another gradient");
  recorder.startTape();
  try {
    return { value: tf.tidy(loss), tape: recorder.state.activeTape ?? [] };
  } catch (error) {
    for (const { saved } of recorder.state.activeTape ?? []) tf.dispose(saved);
    throw error;
  } finally {
    recorder.endTape();
    recorder.state.activeTape = null;
  }
}

/** From the last call to the first. */
function backpropagate(tape: readonly TapeNode[], loss: tf.Scalar, variables: readonly tf.Variable[]): GradientMap {
  const dependent = dependents(tape, variables);
  const gradients: GradientMap = new Map([[loss.id, tf.onesLike(loss)]]);
  for (const node of tape.toReversed()) {
    const dys = node.outputs.map(({ id }) => gradients.get(id) ?? null);
    if (dys.some((dy) => dy !== null)) {
      for (const [id, dx] of inputGradients(node, dys, dependent)) accumulate(gradients, id, dx);
      for (const { id } of node.outputs) gradients.delete(id);
      tf.dispose(dys.filter((dy) => dy !== null));
    }
    tf.dispose(node.saved);
  }
  return gradients;
}

/** Ids of the variables and of every tensor computed from them. */
function dependents(tape: readonly TapeNode[], variables: readonly tf.Variable[]): ReadonlySet<number> {
  const ids = new Set(variables.map(({ id }) => id));
  for (const { inputs, outputs } of tape)
    if (Object.values(inputs).some(({ id }) => ids.has(id))) for (const { id } of outputs) ids.add(id);
  return ids;
}

/** Gradients of a call's inputs that depend on a variable; tensors of their own, each to be disposed of once. */
function inputGradients(
  node: TapeNode,
  dys: readonly (tf.Tensor | null)[],
  dependent: ReadonlySet<number>,
): readonly (readonly [id: number, dx: tf.Tensor])[] {
  const inputs = Object.entries(node.inputs).filter(([, { id }]) => dependent.has(id));
  if (inputs.length === 0) return [];
  const { gradient, kernelName } = node;
  if (gradient === undefined) throw new Error(`${kernelName} has no gradient`);
  const found = tf.tidy(() => {
    const parts = gradient(FUSED_KERNELS.includes(kernelName) ? withoutHoles(dys) : dys);
    const taken = new Set<tf.Tensor | null>(dys);
    return inputs.map(([name]) => {
      const dx = tf.tidy(() => (parts[name] as () => tf.Tensor)());
      // A gradient may be handed on as it is, or to two inputs.
      if (taken.has(dx)) return tf.clone(dx);
      taken.add(dx);
      return dx;
    });
  });
  return inputs.map(([, { id }], i) => [id, found[i] as tf.Tensor]);
}

/** The fused kernels read the gradient of their first output alone: anything may stand for the others. */
function withoutHoles(dys: readonly (tf.Tensor | null)[]): readonly (tf.Tensor | null)[] {
  return dys.map((dy) => dy ?? (dys[0] as tf.Tensor));
}

function accumulate(gradients: GradientMap, id: number, dx: tf.Tensor): void {
  const sum = gradients.get(id);
  gradients.set(id, sum === undefined ? dx : tf.add(sum, dx));
  if (sum !== undefined) tf.dispose([sum, dx]);
}
