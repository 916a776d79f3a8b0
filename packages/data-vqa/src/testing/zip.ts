import { crc32, deflateRawSync } from "node:zlib";

export interface Member {
  readonly name: string;
  readonly content: Buffer;
  readonly method?: 0 | 8;
}

/** An archive as zip programs write it; with zip64 fields as they write it beyond 4 GB. */
export function makeZip(members: readonly Member[], zip64 = false): Buffer {
  const [locals, central]: Buffer[][] = [[], []];
  let offset = 0;
  for (const { name, content, method = 8 } of members) {
    const data = method === 8 ? deflateRawSync(content) : content;
    const [crc, encoded] = [crc32(content), Buffer.from(name)];
    const local = Buffer.concat([
      record([
        [4, 0x04034b50],
        [2, 20],
        [2, 0],
        [2, method],
        [4, 0],
        [4, crc],
        [4, data.length],
        [4, content.length],
        [2, encoded.length],
        [2, 0],
      ]),
      encoded,
      data,
    ]);
    const wide = record([
      [2, 1],
      [2, 24],
      [8, content.length],
      [8, data.length],
      [8, offset],
    ]);
    const extra = zip64
      ? Buffer.concat([
          record([
            [2, 0x5455],
            [2, 1],
            [1, 0],
          ]),
          wide,
        ])
      : Buffer.alloc(0);
    const small = (value: number): [number, number] => [4, zip64 ? 0xffffffff : value];
    central!.push(
      record([
        [4, 0x02014b50],
        [2, 20],
        [2, 20],
        [2, 0],
        [2, method],
        [4, 0],
        [4, crc],
        small(data.length),
        small(content.length),
        [2, encoded.length],
        [2, extra.length],
        [2, 0],
        [2, 0],
        [2, 0],
        [4, 0],
        small(offset),
      ]),
      encoded,
      extra,
    );
    locals!.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(central!);
  const count = members.length;
  const end64 = zip64
    ? [
        record([
          [4, 0x06064b50],
          [8, 44],
          [2, 45],
          [2, 45],
          [4, 0],
          [4, 0],
          [8, count],
          [8, count],
          [8, directory.length],
          [8, offset],
        ]),
        record([
          [4, 0x07064b50],
          [4, 0],
          [8, offset + directory.length],
          [4, 1],
        ]),
      ]
    : [];
  const [length, start] = zip64 ? [0xffffffff, 0xffffffff] : [directory.length, offset];
  const end = record([
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, count],
    [2, count],
    [4, length],
    [4, start],
    [2, 5],
  ]);
  return Buffer.concat([...locals!, directory, ...end64, end, Buffer.from("hello")]);
}

function record(fields: readonly (readonly [bytes: number, value: number])[]): Buffer {
  return Buffer.concat(
    fields.map(([bytes, value]) => {
      const field = Buffer.alloc(8);
      field.writeBigUInt64LE(BigInt(value));
      return field.subarray(0, bytes);
    }),
  );
}
