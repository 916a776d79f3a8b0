import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Artifact, artifactLimits, readArtifact } from "./artifact.ts";
import { strictJson } from "./artifact-json.ts";
import { ResultError } from "./error.ts";
import { type SampleEntry, sampleMethodCard, zipOf } from "./sample-artifact.ts";
import { sampleHash, sampleTicket } from "./sample-result.ts";
import type { DoneResult } from "./schema/result.ts";

let dir = "";
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "ticketbench-artifact-"));
});
afterAll(() => rm(dir, { recursive: true }));

const ticket = sampleTicket({}, 80);
const methods = { name: "methods.json", content: JSON.stringify({ version: 1, methods: [sampleMethodCard()] }) };

function file(result: DoneResult, name = `results/preview/${result.id}.json`): SampleEntry {
  return { name, content: JSON.stringify(result) };
}
const honest = [methods, file(ticket), file(sampleTicket({ seed: 1 }, 80))];

async function read(entries: readonly SampleEntry[] | Buffer, limits = artifactLimits): Promise<Artifact> {
  const path = join(dir, "artifact.zip");
  await writeFile(path, Buffer.isBuffer(entries) ? entries : zipOf(entries));
  return readArtifact(path, limits);
}

async function refusal(entries: readonly SampleEntry[] | Buffer, limits = artifactLimits): Promise<string> {
  const error: unknown = await read(entries, limits).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ResultError);
  return (error as ResultError).message;
}

describe("an artifact", () => {
  it("gives its results and the cards of its methods", async () => {
    const folders = ["results/", "results/preview/"].map((name) => ({ name, content: "", mode: 0o040755 }));
    const artifact = await read([...folders, ...honest]);
    expect(artifact.results).toEqual([ticket, sampleTicket({ seed: 1 }, 80)]);
    expect(artifact.methods).toEqual([sampleMethodCard()]);
  });

  it("without cards of its methods, or with text that is no JSON or no UTF-8, is refused", async () => {
    expect(await refusal([file(ticket)])).toMatch(/holds no methods.json/);
    expect(await refusal([{ ...methods, content: "{" }])).toMatch(/methods.json: not JSON/);
    expect(await refusal([{ ...methods, content: Buffer.from([0x7b, 0xff, 0x7d]) }])).toMatch(/not UTF-8/);
  });

  it("with an unknown field, wrong numbers, another's name or copied scores is refused by file and field", async () => {
    const name = `results/${ticket.id}.json`;
    const extra = { name, content: JSON.stringify({ ...ticket, note: "hello" }) };
    expect(await refusal([methods, extra])).toMatch(/results\/[0-9a-f]+.json: Unrecognized key: "note"/);
    expect(await refusal([methods, file({ ...ticket, target: 0.2 })])).toMatch(/measured.prunable: asked for 0.2/);
    expect(await refusal([methods, file(ticket, `results/${sampleHash(5)}.json`)])).toMatch(/the file of this result/);
    const copy = sampleTicket({ seed: 1, phases: ticket.phases }, 80);
    expect(await refusal([methods, file(ticket), file(copy)])).toMatch(/equal scores on every question/);
  });

  it("cannot give itself a tier that only the project's own runs give", async () => {
    for (const tier of ["reproduced", "attested"] as const) {
      expect(await refusal([methods, file({ ...ticket, tier })])).toMatch(
        /tier: "\w+" is given by the project's own runs/,
      );
    }
  });
});

describe("a hostile archive", () => {
  it("with a path that leads out, an absolute one or a name that does not belong there is refused", async () => {
    for (const name of ["../evil.json", "results/../../evil.json", "/etc/passwd", "C:/evil.json", "results\\x.json"]) {
      expect(await refusal([methods, { name, content: "{}" }])).toMatch(/path|characters/);
    }
    for (const name of [
      "results/x.sh",
      "package.json",
      ".github/workflows/x.yml",
      "results/a/b/c/x.json",
      "results/ .json",
    ]) {
      expect(await refusal([methods, { name, content: "{}" }])).toMatch(/does not belong/);
    }
  });

  it("with a symbolic link or a device is refused", async () => {
    for (const mode of [0o120777, 0o020666, 0o010644]) {
      expect(await refusal([methods, { ...file(ticket), mode }])).toMatch(/is a link or a device/);
    }
  });

  it("that unpacks to more than it may is refused, whether it says so", async () => {
    const bomb = { name: "results/bomb.json", content: Buffer.alloc(artifactLimits.fileBytes + 1, 0x20) };
    expect(zipOf([bomb]).length).toBeLessThan(10_000);
    expect(await refusal([methods, bomb])).toMatch(/4194305 bytes, at most 4194304/);
    expect(await refusal([methods, { ...bomb, declaredSize: 100 }])).toMatch(/too many bytes/);
    expect(await refusal([methods, { ...bomb, content: "{}", declaredSize: 100 }])).toMatch(/not enough bytes/);
  });

  it("of many small bombs, many entries or many bytes is refused", async () => {
    const content = Buffer.alloc(2 ** 20, 0x20);
    const many = Array.from({ length: 129 }, (_, i) => ({ name: `results/bomb${i}.json`, content }));
    expect(await refusal([methods, ...many])).toMatch(/more than 134217728 bytes in all/);
    const crowd = Array.from({ length: 2001 }, (_, i) => ({ name: `results/x${i}.json`, content: "" }));
    expect(await refusal(crowd)).toMatch(/2001 entries, at most 2000/);
    expect(await refusal(honest, { ...artifactLimits, archiveBytes: 100 })).toMatch(/bytes, at most 100/);
  });

  it("with one name twice, in other letters too, is refused", async () => {
    expect(await refusal([methods, file(ticket), file(ticket)])).toMatch(/is there twice/);
    const upper = file(ticket, `results/preview/${ticket.id.toUpperCase()}.json`);
    expect(await refusal([methods, file(ticket), upper])).toMatch(/is there twice/);
  });

  it("that is encrypted, compressed otherwise or damaged is refused", async () => {
    expect(await refusal([{ ...methods, flags: 0x801 }])).toMatch(/is encrypted/);
    expect(await refusal([{ ...methods, method: 12 }])).toMatch(/compressed by method 12/);
    expect(await refusal(Buffer.from("no archive"))).toMatch(/artifact.zip: /);
    expect(await refusal(zipOf(honest).subarray(0, 3000))).toMatch(/artifact.zip: /);
  });

  it("with any byte changed is read the same or refused, and nothing else happens", async () => {
    const whole = zipOf([methods]);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(255), async (at, value) => {
        const changed = Buffer.from(whole);
        changed[at] = value;
        const artifact = await read(changed).catch((error: unknown) => error);
        if (artifact instanceof Error) expect(artifact).toBeInstanceOf(ResultError);
      }),
      { numRuns: 200 },
    );
  });

  it("with JSON that is nested deeply, names a key twice or names a prototype is refused", async () => {
    const deep = `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
    expect(await refusal([{ ...methods, content: deep }])).toMatch(/nested more than 32 levels/);
    const twice = methods.content.replace('"version":1', '"version":1,"versio\\u006e":1');
    expect(await refusal([{ ...methods, content: twice }])).toMatch(/the key "version" is there twice/);
    const content = JSON.stringify(ticket).replace('"params":{', '"params":{"__proto__":{"polluted":true},');
    expect(await refusal([methods, { ...file(ticket), content }])).toMatch(/the key "__proto__" is not accepted/);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});

describe("strict JSON", () => {
  it("reads what JSON reads", () => {
    const document = fc
      .jsonValue({ maxDepth: 5 })
      .filter((value) => !/__proto__|constructor|prototype/.test(JSON.stringify(value)));
    fc.assert(
      fc.property(document, fc.constantFrom(undefined, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(strictJson(text, "x.json")).toEqual(JSON.parse(text));
      }),
    );
  });

  it("refuses any text that JSON refuses, by name", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'{}[]:,"\\ae1 ') }), (text) => {
        try {
          strictJson(text, "x.json");
        } catch (error) {
          expect(error).toBeInstanceOf(ResultError);
        }
      }),
    );
  });
});
