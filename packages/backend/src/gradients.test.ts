import { beforeAll, describe, expect, test } from "vitest";
import { lossAndGradients } from "./gradients.ts";
import { openEngine } from "./node.ts";
import { addNorm, attention, bceWithLogits, embedding, gelu, linear } from "./index.ts";
import { randomStream } from "./random/stream.ts";
import { testableEngines } from "./testing/engines.ts";
import { tf } from "./tf.ts";

const SHAPES = { table: [5, 4], q: [4, 4], k: [4, 4], bias: [4], gain: [4], unused: [3] };
type Variables = Record<keyof typeof SHAPES, tf.Variable>;

function makeVariables(): Variables {
  const stream = randomStream(1, "gradients");
  const draw = (shape: number[]): tf.Variable => {
    const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => stream.normal());
    return tf.tidy(() => tf.variable(tf.tensor(values, shape)));
  };
  return Object.fromEntries(Object.entries(SHAPES).map(([name, shape]) => [name, draw(shape)])) as Variables;
}

/** Uses every kind of call: shared variables, a residual taken twice, stock operations, an output nobody reads. */
function loss({ table, q, k, bias, gain, unused }: Variables): tf.Scalar {
  const rows = embedding(table, tf.tensor1d([1, 2, 4, 1], "int32"), null);
  const keys = linear(rows, k, bias);
  tf.square(unused);
  const seen = attention(linear(rows, q, bias), keys, keys, { batch: 2, heads: 2, mask: null, site: null });
  const normed = addNorm(gelu(seen), rows, gain, bias, null);
  const [left, right] = tf.split(tf.add<tf.Tensor2D>(addNorm(normed, normed, gain, bias, null), rows), 2, 1);
  const scores = tf.concat2d([left as tf.Tensor2D, tf.tanh(tf.mul<tf.Tensor2D>(right as tf.Tensor2D, 0.5))], 1);
  return bceWithLogits(scores, tf.fill([4, 4], 0.3));
}

describe.each(testableEngines())("gradients on %s", (engine) => {
  beforeAll(() => openEngine(engine));

  test("are those of tfjs, and no tensor stays", async () => {
    const variables = makeVariables();
    const list = Object.values(variables);
    const before = tf.memory().numTensors;
    const stock = tf.variableGrads(() => loss(variables), list);
    const own = lossAndGradients(() => loss(variables), list);
    expect([...(await own.value.data())]).toEqual([...(await stock.value.data())]);
    for (const [i, variable] of list.entries()) {
      const expected = stock.grads[variable.name];
      const actual = own.gradients[i];
      if (variable === variables.unused) expect([actual, expected ?? null]).toEqual([null, null]);
      else
        for (const [j, value] of (await expected!.data()).entries())
          expect((await actual!.data())[j]).toBeCloseTo(value, 5);
    }
    tf.dispose([own.value, ...own.gradients.filter((gradient) => gradient !== null)]);
    tf.dispose([stock.value, ...Object.values(stock.grads).filter((gradient) => gradient != null)]);
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose(list);
  });

  test("of a loss that throws leave nothing behind and recording off", () => {
    const variables = makeVariables();
    const before = tf.memory().numTensors;
    const fails = (): tf.Scalar => {
      loss(variables);
      throw new Error("no loss");
    };
    expect(() => lossAndGradients(fails, Object.values(variables))).toThrow("no loss");
    const rounded = (): tf.Scalar => tf.sum(tf.topk(variables.bias).indices);
    expect(() => lossAndGradients(rounded, Object.values(variables))).toThrow("TopK has no gradient");
    expect(tf.memory().numTensors).toBe(before);
    const { value, gradients } = lossAndGradients(() => tf.sum(variables.bias), [variables.bias]);
    expect(gradients[0]?.shape).toEqual([4]);
    tf.dispose([value, ...gradients.filter((gradient) => gradient !== null), ...Object.values(variables)]);
  });
});
