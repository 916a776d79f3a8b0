import { crc32, deflateRawSync } from "node:zlib";
import { sampleHash } from "./sample-result.ts";
import type { MethodCard } from "./schema/method-card.ts";

/** An entry of an archive made for tests; what is left out is what an honest program writes. */
export interface SampleEntry {
  readonly name: string;
  readonly content: string | Uint8Array;
  readonly compressed?: boolean;
  /** Size to declare in place of the true one. */
  readonly declaredSize?: number;
  /** Unix mode with file type. */
  readonly mode?: number;
  readonly method?: number;
  readonly flags?: number;
}

/** A zip archive of these entries, byte by byte, so that it can be wrong where a test wants it (APPNOTE 6.3.9). */
export function zipOf(entries: readonly SampleEntry[]): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const { name, content, compressed = true, declaredSize, mode = 0o100644, method, flags = 0x800 } of entries) {
    const raw = Buffer.from(content);
    const data = compressed ? deflateRawSync(raw) : raw;
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(flags, 2);
    common.writeUInt16LE(method ?? (compressed ? 8 : 0), 4);
    common.writeUInt32LE(crc32(raw), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(declaredSize ?? raw.length, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([word(0x04034b50), common, Buffer.from(name), data]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE((mode << 16) >>> 0, 6);
    rest.writeUInt32LE(offset, 10);
    // Made on Unix: the upper half of the attributes is a mode.
    centrals.push(Buffer.concat([word(0x02014b50), Buffer.from([20, 3]), common, rest, Buffer.from(name)]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, directory, word(0x06054b50), end]);
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** A method's card; made up, for tests only. */
export function sampleMethodCard(overrides: Partial<MethodCard> = {}): MethodCard {
  return {
    id: "wanda2",
    title: "Wanda, again",
    idea: "A weight stays when it and its input are large.",
    citation: "",
    version: sampleHash(3),
    needs: ["calibration"],
    parameters: [],
    conformance: [{ check: "counts", outcome: "passed", line: "exact at 11 sparsities" }],
    ...overrides,
  };
}
