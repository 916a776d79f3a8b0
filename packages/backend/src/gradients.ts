import { runKernelForOne } from "./ops/kernel.ts";
import { recorder, type TapeNode } from "./tape.ts";
import { tf } from "./tf.ts";

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
    const gradients = tf.tidy(() => {
      const found = backpropagate(tape, value, variables);
      return variables.map(({ id }) => found.get(id));
    });
    return { value, gradients: gradients.map((gradient) => gradient ?? null) };
  } catch (error) {
    value.dispose();
    throw error;
  } finally {
    for (const { saved } of tape) tf.dispose(saved);
  }
}

function record(loss: () => tf.Scalar): { value: tf.Scalar; tape: readonly TapeNode[] } {
  const engine = recorder();
  if (engine.state.gradientDepth > 0) throw new Error("lossAndGradients: called inside another gradient");
  engine.startTape();
  try {
    return { value: tf.tidy(loss), tape: engine.state.activeTape ?? [] };
  } catch (error) {
    for (const { saved } of engine.state.activeTape ?? []) tf.dispose(saved);
    throw error;
  } finally {
    engine.endTape();
    engine.state.activeTape = null;
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
      for (const dy of dys) dy?.dispose();
    }
    for (const tensor of node.saved) tensor.dispose();
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
  const parts = gradient(dys);
  const taken = new Set<tf.Tensor | null>(dys);
  return inputs.map(([name, { id }]) => {
    const dx = (parts[name] as () => tf.Tensor)();
    // A gradient may be handed on as it is, or to two inputs.
    const own = taken.has(dx) ? tf.clone(dx) : dx;
    taken.add(own);
    return [id, own];
  });
}

function accumulate(gradients: GradientMap, id: number, dx: tf.Tensor): void {
  const sum = gradients.get(id);
  gradients.set(id, sum === undefined ? dx : runKernelForOne("Add", { a: sum, b: dx }));
  if (sum === undefined) return;
  sum.dispose();
  dx.dispose();
}
