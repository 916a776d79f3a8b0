import { beforeAll, describe, expect, test } from "vitest";
import { openEngine } from "../../node.ts";
import { testableEngines } from "../../testing/engines.ts";
import { tf } from "../../tf.ts";

describe.each(testableEngines(["webgpu"]))("the %s engine", (engine) => {
  beforeAll(() => openEngine(engine));

  test.each([1, 2, 7, 8, 13, 14, 40])("adds %i tensors, although a shader reads 7 at once", async (count) => {
    const terms = Array.from({ length: count }, (_, i) => tf.fill([3], i + 1));
    const before = tf.backend().numDataIds();
    const sum = tf.addN(terms);
    expect([...(await sum.data())]).toEqual(new Array(3).fill((count * (count + 1)) / 2));
    sum.dispose();
    expect(tf.backend().numDataIds()).toBe(before);
    tf.dispose(terms);
  });

  test("refuses to read what is on the GPU without waiting", async () => {
    const y = tf.add(tf.ones([3]), 1);
    expect(() => y.dataSync()).toThrow("await tensor.data()");
    await y.data();
    expect([...y.dataSync()]).toEqual([2, 2, 2]);
    y.dispose();
  });

  test("reads values back whatever their type", async () => {
    const values = [tf.tensor1d([1, -2], "int32"), tf.tensor1d([1, 0], "bool"), tf.tensor1d([0.5, -1.5])];
    const read = await Promise.all(values.map((tensor) => tf.mul(tensor, 1).data()));
    expect(read.map((array) => [...array])).toEqual([
      [1, -2],
      [1, 0],
      [0.5, -1.5],
    ]);
    tf.dispose(values);
  });
});
