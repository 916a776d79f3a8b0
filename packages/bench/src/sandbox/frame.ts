import type { Readable, Writable } from "node:stream";

/** One message between a sandbox and its guest: a JSON head, and the bytes that it talks about. */
export interface Message {
  readonly head: unknown;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The lengths of head and bytes, 32 bits each, little-endian. */
const PREFIX_BYTES = 8;
const MOST_HEAD_BYTES = 4 * 2 ** 20;

/** Sends one message. A closed pipe is the reader's to notice. */
export function send(stream: Writable, head: object, bytes: Uint8Array = new Uint8Array()): void {
  const json = Buffer.from(JSON.stringify(head));
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32LE(json.length, 0);
  prefix.writeUInt32LE(bytes.length, 4);
  stream.write(Buffer.concat([prefix, json]));
  if (bytes.length > 0) stream.write(bytes);
}

/**
 * The messages of a stream, in order. Throws where a length is above its limit or a head is no JSON: the other side may
 * be hostile, and nothing is allocated on its word alone.
 * @param mostBytes the longest body that is taken
 */
export async function* messages(stream: Readable, mostBytes: number): AsyncGenerator<Message> {
  const chunks: Buffer[] = [];
  let held = 0;
  const take = (count: number): Buffer => {
    const joined = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
    chunks.splice(0, chunks.length, joined.subarray(count));
    held -= count;
    return joined.subarray(0, count);
  };
  let lengths: { readonly head: number; readonly body: number } | null = null;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    held += chunk.length;
    for (;;) {
      if (lengths === null) {
        if (held < PREFIX_BYTES) break;
        const prefix = take(PREFIX_BYTES);
        lengths = { head: prefix.readUInt32LE(0), body: prefix.readUInt32LE(4) };
        if (lengths.head > MOST_HEAD_BYTES || lengths.body > mostBytes)
          throw new Error(`a message of ${lengths.head} + ${lengths.body} bytes is too long`);
      }
      if (held < lengths.head + lengths.body) break;
      const head: unknown = JSON.parse(take(lengths.head).toString("utf8"));
      yield { head, bytes: new Uint8Array(take(lengths.body)) };
      lengths = null;
    }
  }
}
