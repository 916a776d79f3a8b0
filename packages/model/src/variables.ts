import { tf } from "@ticketbench/backend";
import type { Weights, WeightTensor } from "./weights.ts";

/** Trainable tensors by name. */
export type Variables = ReadonlyMap<string, tf.Variable>;

/** A variable that starts with these values. The array may be used in place: leave it as it is from now on. */
export function makeVariable({ shape, values }: WeightTensor): tf.Variable {
  return tf.tidy(() => tf.variable(tf.tensor(values, [...shape])));
}

/** Copies of the values of all variables, in their order. */
export async function readVariables(variables: Variables): Promise<Weights> {
  const weights = new Map<string, WeightTensor>();
  for (const [name, variable] of variables)
    weights.set(name, { shape: variable.shape, values: new Float32Array(await variable.data<"float32">()) });
  return weights;
}

/** Gives every variable new values. */
export function assignVariables(variables: Variables, weights: Weights): void {
  for (const [name, variable] of variables) {
    const { values } = weights.get(name) as WeightTensor;
    tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
  }
}
