import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readCheckpoint } from "./checkpoint.ts";
import { ModelError } from "./error.ts";
import { readPickle } from "./pickle.ts";

const fixture = (name: string): string => new URL(`../fixtures/weights/${name}`, import.meta.url).pathname;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "torch-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

function pickle(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function read(text: string): unknown {
  const globals = new Map<string, unknown>([["math double", (x: unknown) => 2 * (x as number)]]);
  return readPickle(pickle(text), 0, { globals, persistent: (id) => id, source: "x.pth" }).value;
}

describe("the restricted unpickler", () => {
  it.each([
    ["os.system", "\x80\x02cos\nsystem\nX\x04\x00\x00\x00true\x85R."],
    ["builtins.eval", "\x80\x02cbuiltins\neval\nX\x01\x00\x00\x001\x85R."],
    ["posix.system", "cposix\nsystem\n."],
    ["torch.load", "\x80\x02ctorch\nload\n."],
    ["__proto__.constructor", "\x80\x02c__proto__\nconstructor\n."],
  ])("refuses %s by name and runs nothing", (name, text) => {
    expect(() => read(text)).toThrow(`x.pth: pickle: names ${name}, which is not on the list`);
  });

  it("calls what is on the list, and only that", () => {
    expect(read("\x80\x02cmath\ndouble\nK\x15\x85R.")).toBe(42);
    expect(() => read("\x80\x02K\x01)R.")).toThrow("calls what is not a function");
    expect(() => read("\x80\x02}K\x01\x85R.")).toThrow("calls what is not a function");
  });

  it("keeps keys that mean something to JavaScript as plain keys", () => {
    const value = read("\x80\x02}X\x09\x00\x00\x00__proto__K\x01s.") as Map<string, number>;
    expect([...value]).toEqual([["__proto__", 1]]);
    expect(({} as Record<string, unknown>)["1"]).toBeUndefined();
  });

  it.each([
    ["\x80\x05.", "protocol 5 is not supported"],
    ["\x80\x02\x93.", "instruction 0x93 at byte 2 is not supported"],
    ["\x80\x02.", "takes from an empty stack"],
    ["\x80\x02t.", "looks for a mark that is not there"],
    ["\x80\x02h\x07.", "recalls 7, which it never remembered"],
    ["\x80\x02K\x01K\x02a.", "expects a list"],
    ["\x80\x02X\xff\xff\xff\x7fab", "unfinished"],
    ["\x80\x02cmath", "unfinished"],
  ])("refuses the damaged pickle %j", (text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  it("answers any bytes with a value or a ModelError", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          readPickle(bytes, 0, { globals: new Map(), persistent: () => null, source: "x" });
        } catch (error) {
          expect(error).toBeInstanceOf(ModelError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe.each(["nested_legacy.pth", "stress_legacy.pth", "stress.pth"])("the checkpoint %s", (name) => {
  it("damaged anywhere gives an error of the user's kind, or another value", { timeout: 60_000 }, async () => {
    const bytes = await readFile(fixture(name));
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(255), async (at, value) => {
        const path = join(folder, "damaged.pth");
        const damaged = Buffer.from(bytes);
        damaged[at] = value;
        await writeFile(path, damaged);
        await readCheckpoint(path).catch((error: unknown) => expect(error).toBeInstanceOf(ModelError));
      }),
      { numRuns: 150 },
    );
  });

  it("cut anywhere is refused", async () => {
    const path = join(folder, `cut-${name}`);
    const bytes = await readFile(fixture(name));
    for (const part of [0, 0.1, 0.5, 0.9, 0.999]) {
      await writeFile(path, bytes);
      await truncate(path, Math.floor(part * bytes.length));
      await expect(readCheckpoint(path)).rejects.toBeInstanceOf(ModelError);
    }
  });
});

it("a zip that is no checkpoint is refused", async () => {
  const path = join(folder, "empty.zip");
  await writeFile(path, pickle(`PK\x05\x06${"\x00".repeat(18)}`));
  await expect(readCheckpoint(path)).rejects.toThrow("a zip, but no PyTorch checkpoint: it holds no data.pkl");
});
