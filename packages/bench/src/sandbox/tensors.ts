import { sizeOf, type Weights } from "@ticketbench/model";
import { z } from "zod";

/** Names and shapes of tensors whose values follow one another as float32 in a message's bytes. */
export const tensorsSchema = z.array(z.tuple([z.string(), z.array(z.int().min(0)).max(8)])).max(100_000);
export type TensorList = z.output<typeof tensorsSchema>;

const FLOAT_BYTES = 4;

/** Weights as a message takes them. */
export function packTensors(weights: Weights): { readonly tensors: TensorList; readonly bytes: Uint8Array } {
  const tensors: TensorList = [...weights].map(([name, { shape }]) => [name, [...shape]]);
  const floats = [...weights.values()].reduce((sum, { values }) => sum + values.length, 0);
  const all = new Float32Array(floats);
  let at = 0;
  for (const { values } of weights.values()) {
    all.set(values, at);
    at += values.length;
  }
  return { tensors, bytes: new Uint8Array(all.buffer) };
}

/** The weights of a message. Throws where the bytes do not give exactly the tensors that are listed. */
export function unpackTensors(tensors: TensorList, bytes: Uint8Array<ArrayBuffer>): Weights {
  const expected = FLOAT_BYTES * tensors.reduce((sum, [, shape]) => sum + sizeOf(shape), 0);
  if (expected !== bytes.length) throw new Error(`${bytes.length} bytes of tensors, ${expected} are listed`);
  let at = 0;
  return new Map(
    tensors.map(([name, shape]) => {
      const values = new Float32Array(bytes.buffer, bytes.byteOffset + at, sizeOf(shape));
      at += FLOAT_BYTES * values.length;
      return [name, { shape, values: values.slice() }];
    }),
  );
}

/** The same for one number a weight without shapes: gradients. */
export function packNumbers(numbers: ReadonlyMap<string, Float32Array>) {
  return packTensors(new Map([...numbers].map(([name, values]) => [name, { shape: [values.length], values }])));
}

export function unpackNumbers(tensors: TensorList, bytes: Uint8Array<ArrayBuffer>): Map<string, Float32Array> {
  return new Map([...unpackTensors(tensors, bytes)].map(([name, { values }]) => [name, values]));
}
