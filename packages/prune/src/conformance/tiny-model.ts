import { randomStream, tf } from "@ticketbench/backend";
import {
  type LxmertConfig,
  lxmertConfig,
  lxmertInput,
  parameterShapes,
  sizeOf,
  type VqaBatch,
  type Weights,
} from "@ticketbench/model";
import { kindOf } from "../parameter.ts";
import type { Shapes } from "../shapes.ts";

/** LXMERT as published: 213,930,297 parameters in 455 tensors. */
export const FULL = lxmertConfig();

/** An LXMERT of every kind of layer and a few thousand parameters; its widths are no multiples of 4 or 8. */
export const TINY = lxmertConfig({
  hidden: 10,
  heads: 2,
  intermediate: 18,
  layers: { language: 2, object: 1, cross: 2 },
  vocabulary: 20,
  positions: 8,
  featureWidth: 7,
  answers: 5,
  dropout: 0,
});

/** The smallest that has every kind of layer once: what methods are tried on. */
export const SMALLEST = lxmertConfig({ ...TINY, layers: { language: 1, object: 1, cross: 1 } });

/** The parameter names and shapes of LXMERT with its answer head, in the order the original lists them. */
export function lxmertShapes(config: LxmertConfig): Shapes {
  return new Map([...parameterShapes(config)].map(([name, { shape }]) => [name, shape]));
}

/** Seeded weights of those shapes: matrices and biases normal with deviation 0.02, LayerNorm gains near 1. */
export function randomWeights(shapes: Shapes, seed: number): Weights {
  return new Map(
    [...shapes].map(([name, shape]) => {
      const random = randomStream(seed, `weights/${name}`);
      const mean = kindOf(name, shape) === "layer-norm" && name.endsWith(".weight") ? 1 : 0;
      const values = Float32Array.from({ length: sizeOf(shape) }, () => mean + 0.02 * random.normal());
      return [name, { shape, values }];
    }),
  );
}

/** A seeded made-up batch for TINY or SMALLEST: 4 tokens a question, 3 regions an image, one right answer. */
export function tinyBatch(batch: number, seed: number): VqaBatch {
  const random = randomStream(seed, "batch");
  const draw = (count: number, next: () => number) => Float32Array.from({ length: count }, next);
  const input = lxmertInput(TINY, {
    batch,
    tokenLength: 4,
    tokens: Int32Array.from({ length: batch * 4 }, () => 1 + random.integer(TINY.vocabulary - 1)),
    textMask: new Float32Array(batch * 4).fill(1),
    regions: 3,
    features: draw(batch * 3 * TINY.featureWidth, () => random.normal()),
    boxes: draw(batch * 3 * 4, () => random.uniform()),
  });
  const right = Array.from({ length: batch }, () => random.integer(TINY.answers));
  const targets = draw(batch * TINY.answers, () => 0);
  right.forEach((answer, row) => (targets[row * TINY.answers + answer] = 1));
  return { ...input, targets: tf.tensor2d(targets, [batch, TINY.answers]) };
}
