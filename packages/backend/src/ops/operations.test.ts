import { beforeAll, describe, expect, test } from "vitest";
import { randomStream, tf } from "../index.ts";
import { openEngine } from "../node.ts";
import { testableEngines } from "../testing/engines.ts";
import { type Doubles, numericalGradient } from "../testing/float64.ts";
import { drawCases, linearCase, type OperationCase } from "../testing/operations.ts";

/** Largest error allowed on every engine: absolute, plus this share of the largest expected value of the tensor. */
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

async function checkCase(operation: OperationCase, weightSeed: number): Promise<void> {
  const doubles = operation.inputs.map(({ values }) => Float64Array.from(values));
  const expected = operation.expected(...doubles);
  const random = randomStream(weightSeed, "weights");
  const weights = Float32Array.from(expected, () => random.normal());
  await disposing(async () => {
    const inputs = operation.inputs.map(({ values, shape }) => tf.tensor(values.slice(), [...shape]));
    expectClose(operation.name, await operation.run(...inputs).data(), expected);
    const total = (...tensors: tf.Tensor[]): tf.Scalar => {
      const out = operation.run(...tensors);
      return tf.sum(tf.mul(out, tf.tensor(weights.slice(), out.shape)));
    };
    const gradients = tf.grads(total)(inputs);
    for (const i of operation.differentiable) {
      const f = (x: Doubles): Doubles => operation.expected(...doubles.with(i, x));
      const numerical = numericalGradient(f, doubles[i]!, Float64Array.from(weights));
      expectClose(`${operation.name}, gradient ${i}`, await gradients[i]!.data(), numerical);
    }
  });
}

/** `tf.tidy` for work that waits for values, as the webgpu engine makes it. */
async function disposing<T>(work: () => Promise<T>): Promise<T> {
  tf.engine().startScope();
  try {
    return await work();
  } finally {
    tf.engine().endScope();
  }
}

async function valuesOf(operation: OperationCase): Promise<string> {
  return disposing(async () => {
    const inputs = operation.inputs.map(({ values, shape }) => tf.tensor(values.slice(), [...shape]));
    return (await operation.run(...inputs).data()).join();
  });
}

describe.each(testableEngines())("operations on %s", (engine) => {
  beforeAll(() => openEngine(engine));

  // A GPU in software takes seconds to compile the shaders of a draw.
  test.each(engine === "webgpu" ? [1, 2] : [1, 2, 3, 4, 5, 6])(
    "agree with float64 loops, forward and gradient, at awkward sizes (draw %i)",
    async (draw) => {
      const cases = drawCases(randomStream(draw, "operations"), [1, 2, 3, 5, 7, 8, 13, 17]);
      for (const operation of cases) await checkCase(operation, draw);
    },
  );

  // The wasm engine's product works in blocks of 120 rows, 512 columns and a depth of 256.
  test.each([
    [130, 3, 2],
    [2, 3, 520],
    [2, 260, 9],
    [260, 2, 3],
  ])("agree with float64 loops beyond one block of a product: %i x %i -> %i", async (rows, inputs, outputs) => {
    await checkCase(linearCase(randomStream(rows, "blocks"), rows, inputs, outputs), 1);
  });

  test("give the same bits when run again", async () => {
    const cases = (): OperationCase[] => drawCases(randomStream(9, "operations"), [5, 17, 31]);
    const first: string[] = [];
    for (const operation of cases()) first.push(await valuesOf(operation));
    for (const [i, operation] of cases().entries()) expect(await valuesOf(operation), operation.name).toBe(first[i]);
  });

  test("leave no tensors behind", async () => {
    const before = tf.memory().numTensors;
    for (const operation of drawCases(randomStream(3, "operations"), [3, 7])) await checkCase(operation, 3);
    expect(tf.memory().numTensors).toBe(before);
  });
});
