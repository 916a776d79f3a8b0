import { randomStream } from "@ticketbench/backend";
import type { LxmertConfig } from "./config.ts";
import { type ParameterShape, parameterShapes, sizeOf } from "./parameters.ts";
import type { Weights, WeightTensor } from "./weights.ts";

/** Standard deviation of BERT's and LXMERT's start. */
const DEVIATION = 0.02;

/**
 * Start weights: normal(0, 0.02), not truncated, for matrices and embeddings, row 0 included; zero biases; LayerNorm
 * gain 1. Each tensor has a stream of its own, so a tensor's start does not depend on what else the model holds.
 */
export function initialise(config: LxmertConfig, seed: number): Weights {
  return initialiseShapes(parameterShapes(config), seed);
}

export function initialiseShapes(shapes: ReadonlyMap<string, ParameterShape>, seed: number): Weights {
  return new Map([...shapes].map(([name, parameter]) => [name, initialiseTensor(name, parameter, seed)]));
}

function initialiseTensor(name: string, { shape, kind }: ParameterShape, seed: number): WeightTensor {
  const values = new Float32Array(sizeOf(shape));
  if (kind === "gain") values.fill(1);
  if (kind === "matrix" || kind === "embedding") {
    const stream = randomStream(seed, `init ${name}`);
    for (let i = 0; i < values.length; i++) values[i] = DEVIATION * stream.normal();
  }
  return { shape, values };
}
