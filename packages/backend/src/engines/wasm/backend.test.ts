import { beforeAll, expect, test } from "vitest";
import { embedding, tf } from "../../index.ts";
import { openEngine } from "../../node.ts";

beforeAll(() => openEngine("wasm"));

test.each(["bool", "int32"] as const)(
  "a %s tensor cast to float32 multiplies as numbers, not as raw bytes",
  (dtype) => {
    tf.tidy(() => {
      const ones = tf.tensor1d([1, 0, 1, 1, 0], dtype);
      const product = tf.mul(tf.tensor1d([2, 3, 4, 5, 6]), tf.cast(ones, "float32"));
      expect([...product.dataSync()]).toEqual([2, 0, 4, 5, 0]);
      expect([...ones.dataSync()]).toEqual([1, 0, 1, 1, 0]);
    });
  },
);

test("what was read stays as it was when the tensor's place is used again", () => {
  const x = tf.add(tf.tensor1d([1, 2, 3]), tf.tensor1d([0, 0, 0]));
  const read = x.dataSync();
  x.dispose();
  const other = tf.add(tf.tensor1d([7, 8, 9]), tf.tensor1d([0, 0, 0]));
  expect([...read]).toEqual([1, 2, 3]);
  other.dispose();
});

test("an id outside the table is refused, whichever side it is on", () => {
  tf.tidy(() => {
    const table = tf.zeros([3, 4]);
    expect(() => embedding(table, tf.tensor1d([0, 3], "int32"), null)).toThrow(
      "id 3 at position 1 is outside the table's 3 rows",
    );
    expect(() => embedding(table, tf.tensor1d([-1], "int32"), null)).toThrow("id -1 at position 0");
  });
});
