import { randomStream } from "@ticketbench/backend";
import type { LxmertConfig } from "./config.ts";
import { type ParameterShape, parameterShapes, sizeOf } from "./parameters.ts";
import type { Weights, WeightTensor } from "./weights.ts";

/**
 * Start weights: normal(0, config.initialDeviation), not truncated, for matrices and embeddings, row 0 included; zero
 * biases; LayerNorm gain 1. Each tensor has a stream of its own, so a tensor's start does not depend on what else the
 * model holds.
 */
export function initialise(config: LxmertConfig, seed: number): Weights {
  return initialiseShapes(parameterShapes(config), config.initialDeviation, seed);
}

/** @param deviation standard deviation of matrices and embeddings */
export function initialiseShapes(
  shapes: ReadonlyMap<string, ParameterShape>,
  deviation: number,
  seed: number,
): Weights {
  return new Map([...shapes].map(([name, parameter]) => [name, initialiseTensor(name, parameter, deviation, seed)]));
}

function initialiseTensor(
  name: string,
  { shape, kind }: ParameterShape,
  deviation: number,
  seed: number,
): WeightTensor {
  const values = new Float32Array(sizeOf(shape));
  if (kind === "gain") values.fill(1);
  if (kind === "matrix" || kind === "embedding") {
    const stream = randomStream(seed, `init ${name}`);
    for (let i = 0; i < values.length; i++) values[i] = deviation * stream.normal();
  }
  return { shape, values };
}
