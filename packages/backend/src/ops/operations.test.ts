import { beforeAll, describe, expect, test } from "vitest";
import { type EngineName, randomStream, tf } from "../index.ts";
import { openEngine } from "../node.ts";
import { type Doubles, numericalGradient } from "../testing/float64.ts";
import { drawCases, type OperationCase } from "../testing/operations.ts";

/** Largest error allowed: absolute, plus this share of the largest expected value of the tensor. */
const TOLERANCE = { absolute: 2e-6, relative: 4e-6 };

function expectClose(name: string, got: ArrayLike<number>, expected: Doubles): void {
  const peak = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  expect(got.length, name).toBe(expected.length);
  expected.forEach((value, i) => {
    const error = Math.abs(got[i]! - value);
    if (!(error <= TOLERANCE.absolute + TOLERANCE.relative * peak)) {
      expect.fail(
        `${name}: element ${i} is ${got[i]}, float64 loops give ${value} (error ${error}, largest value ${peak})`,
      );
    }
  });
}

function checkCase(operation: OperationCase, weightSeed: number): void {
  const doubles = operation.inputs.map(({ values }) => Float64Array.from(values));
  const expected = operation.expected(...doubles);
  const random = randomStream(weightSeed, "weights");
  const weights = Float32Array.from(expected, () => random.normal());
  tf.tidy(() => {
    const inputs = operation.inputs.map(({ values, shape }) => tf.tensor(values.slice(), [...shape]));
    const y = operation.run(...inputs);
    expectClose(operation.name, y.dataSync(), expected);
    const total = (...tensors: tf.Tensor[]): tf.Scalar => {
      const out = operation.run(...tensors);
      return tf.sum(tf.mul(out, tf.tensor(weights.slice(), out.shape)));
    };
    const gradients = tf.grads(total)(inputs);
    for (const i of operation.differentiable) {
      const f = (x: Doubles): Doubles => operation.expected(...doubles.with(i, x));
      const numerical = numericalGradient(f, doubles[i]!, Float64Array.from(weights));
      expectClose(`${operation.name}, gradient ${i}`, gradients[i]!.dataSync(), numerical);
    }
  });
}

describe.each<EngineName>(["wasm", "cpu", "tensorflow"])("operations on %s", (engine) => {
  beforeAll(() => openEngine(engine));

  test.each([1, 2, 3, 4, 5, 6])(
    "agree with float64 loops, forward and gradient, at awkward sizes (draw %i)",
    (draw) => {
      const cases = drawCases(randomStream(draw, "operations"), [1, 2, 3, 5, 7, 8, 13, 17]);
      for (const operation of cases) checkCase(operation, draw);
    },
  );

  test("give the same bits when run again", () => {
    const bits = (): string[] =>
      drawCases(randomStream(9, "operations"), [5, 17, 31]).map(({ run, inputs }) =>
        tf.tidy(() =>
          run(...inputs.map(({ values, shape }) => tf.tensor(values.slice(), [...shape])))
            .dataSync()
            .join(),
        ),
      );
    expect(bits()).toEqual(bits());
  });

  test("leave no tensors behind", () => {
    const before = tf.memory().numTensors;
    for (const operation of drawCases(randomStream(3, "operations"), [3, 7])) checkCase(operation, 3);
    expect(tf.memory().numTensors).toBe(before);
  });
});
