import { PassThrough, Readable } from "node:stream";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Message, messages, send } from "./frame.ts";
import { packTensors, unpackTensors } from "./tensors.ts";

async function all(stream: Readable, mostBytes = 1000): Promise<Message[]> {
  const found: Message[] = [];
  for await (const message of messages(stream, mostBytes)) found.push(message);
  return found;
}

test("messages come out as they went in, however the stream cuts them", async () => {
  const sent = fc.array(fc.record({ head: fc.dictionary(fc.string(), fc.integer()), bytes: fc.uint8Array() }));
  await fc.assert(
    fc.asyncProperty(sent, fc.integer({ min: 1, max: 40 }), async (list, cut) => {
      const wire = new PassThrough();
      for (const { head, bytes } of list) send(wire, head, bytes);
      wire.end();
      const whole = Buffer.concat((await wire.toArray()) as Buffer[]);
      const pieces = Array.from({ length: Math.ceil(whole.length / cut) }, (_, i) =>
        whole.subarray(i * cut, (i + 1) * cut),
      );
      const heard = await all(Readable.from(pieces));
      expect(heard.map(({ head, bytes }) => ({ head, bytes: [...bytes] }))).toEqual(
        list.map(({ head, bytes }) => ({ head: JSON.parse(JSON.stringify(head)) as unknown, bytes: [...bytes] })),
      );
    }),
  );
});

test("a length that nobody should believe is refused before anything is made for it", async () => {
  const prefix = Buffer.alloc(8);
  prefix.writeUInt32LE(2, 0);
  prefix.writeUInt32LE(1001, 4);
  await expect(all(Readable.from([prefix]))).rejects.toThrow(/2 \+ 1001 bytes is too long/);
});

test("a head that is no JSON is refused", async () => {
  const prefix = Buffer.alloc(8);
  prefix.writeUInt32LE(3, 0);
  await expect(all(Readable.from([prefix, Buffer.from("{a}")]))).rejects.toThrow(/JSON/);
});

test("tensors whose list and bytes differ are refused", () => {
  const weights = new Map([["a", { shape: [2, 2], values: Float32Array.of(1, -0, 3, 4) }]]);
  const { tensors, bytes } = packTensors(weights);
  const copy = new Uint8Array(bytes);
  expect(unpackTensors(tensors, copy)).toEqual(weights);
  expect(() => unpackTensors([["a", [2, 3]]], copy)).toThrow(/16 bytes of tensors, 24 are listed/);
});
