import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readCheckpoint } from "./checkpoint.ts";
import { ModelError } from "./error.ts";
import { parseSafetensors } from "./safetensors.ts";
import { readSafetensors, readSafetensorsHeader, writeSafetensors } from "./safetensors-file.ts";
import type { Weights } from "./weights.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "safetensors-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const weights: Weights = new Map([
  ["matrix", { shape: [2, 3], values: Float32Array.of(1, -2, 0.5, 1e-20, 3, Infinity) }],
  ["scalar", { shape: [], values: Float32Array.of(7) }],
  ["empty", { shape: [0, 4], values: new Float32Array(0) }],
  ["naïve.名", { shape: [1], values: Float32Array.of(-0) }],
]);

describe("safetensors", () => {
  it("come back as they were written, with their metadata", async () => {
    const path = join(folder, "all.safetensors");
    await writeSafetensors(path, weights, { metadata: new Map([["step", "3"]]) });
    expect(await readSafetensors(path)).toEqual(weights);
    const bytes = await readFile(path);
    expect(parseSafetensors(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)).weights).toEqual(
      weights,
    );
    expect((await readSafetensorsHeader(path)).metadata.get("step")).toBe("3");
    expect((await readSafetensors(path, (name) => name === "scalar")).size).toBe(1);
    expect((await readdir(folder)).filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  it("are written whole or not at all: what stood there stays, and nothing half is left", async () => {
    const place = await mkdtemp(join(folder, "atomic-"));
    const path = join(place, "model.safetensors");
    await writeSafetensors(path, weights);
    const failing = new Map(weights);
    const last = {
      shape: [1],
      get values(): Float32Array {
        if (written++ > 0) throw new Error("the source failed");
        return new Float32Array(1);
      },
    };
    let written = 0;
    failing.set("last", last);
    await expect(writeSafetensors(path, failing)).rejects.toThrow("the source failed");
    expect(await readSafetensors(path)).toEqual(weights);
    await mkdir(join(place, "folder"));
    await expect(writeSafetensors(join(place, "folder"), weights)).rejects.toThrow();
    expect((await readdir(place)).sort()).toEqual(["folder", "model.safetensors"]);
  });

  it("lose the names that several GPUs give, unless that makes two tensors one", async () => {
    const path = join(folder, "gpus.safetensors");
    const tensor = { shape: [1], values: Float32Array.of(1) };
    await writeSafetensors(
      path,
      new Map([
        ["module.bert.x", tensor],
        ["model.module.y", tensor],
      ]),
    );
    expect([...(await readCheckpoint(path)).keys()]).toEqual(["bert.x", "model.y"]);
    await writeSafetensors(
      path,
      new Map([
        ["module.bert.x", tensor],
        ["bert.x", tensor],
      ]),
    );
    await expect(readCheckpoint(path)).rejects.toThrow(
      'gpus.safetensors: holds bert.x twice, with and without "module."',
    );
  });

  it("in half precision round to 11 significant bits", async () => {
    const path = join(folder, "half.safetensors");
    await writeSafetensors(path, weights, { dtype: "F16" });
    const matrix = (await readSafetensors(path)).get("matrix")!;
    expect([...matrix.values]).toEqual([1, -2, 0.5, 0, 3, Infinity]);
  });

  it("of any names and shapes come back", async () => {
    const tensor = fc
      .array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 })
      .chain((shape) =>
        fc
          .float32Array({ minLength: shape.reduce((a, b) => a * b, 1), maxLength: shape.reduce((a, b) => a * b, 1) })
          .map((values) => ({ shape, values })),
      );
    const name = fc.string().filter((text) => text !== "__metadata__" && !/^\d+$/.test(text));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(name, tensor)), async (entries) => {
        const path = join(folder, "any.safetensors");
        const written = new Map(entries);
        await writeSafetensors(path, written);
        expect(await readSafetensors(path)).toEqual(written);
      }),
      { numRuns: 50 },
    );
  });

  it("that are truncated, damaged or absent are refused with the file's name", async () => {
    const path = join(folder, "bad.safetensors");
    await writeSafetensors(path, weights);
    const { length } = await readFile(path);
    await truncate(path, length - 3);
    await expect(readSafetensors(path)).rejects.toThrow("truncated: naïve.名 ends at byte 32 of 29 bytes of values");
    await truncate(path, 5);
    await expect(readSafetensors(path)).rejects.toThrow("5 bytes, too short for a safetensors file");
    await writeFile(path, "PK\u0003\u0004 this is a zip file");
    await expect(readSafetensors(path)).rejects.toThrow("not a safetensors file, or truncated");
    await expect(readSafetensors(join(folder, "none"))).rejects.toThrow(ModelError);
    await expect(readSafetensors(folder)).rejects.toThrow(
      new ModelError(`${folder}: a folder; name the checkpoint itself`),
    );
    await expect(readCheckpoint(folder)).rejects.toThrow("a folder; name the checkpoint itself");
    await expect(readSafetensors(join(folder, "none"))).rejects.toThrow("none: cannot be read (ENOENT)");
  });

  it.each([
    ['{"a":{"dtype":"F8","shape":[1],"data_offsets":[0,1]}}', "a has dtype F8"],
    ['{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}', "a has no valid shape"],
    ['{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}', "a has no valid data_offsets"],
    ['{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}', "a takes 4 bytes, expected 8 for F32 [2]"],
    ['{"a":null}', "a has dtype undefined"],
    ['{"__metadata__":null}', "__metadata__ in the header is not an object of texts"],
    ['{"__metadata__":{"step":3}}', "__metadata__ in the header is not an object of texts"],
    ["[]", "header is not an object"],
    ["{", "header is not JSON"],
  ])("with the header %s are refused", (json, message) => {
    const bytes = new Uint8Array(8 + json.length);
    bytes[0] = json.length;
    bytes.set(new TextEncoder().encode(json), 8);
    expect(() => parseSafetensors(bytes.buffer)).toThrow(message);
  });
});
