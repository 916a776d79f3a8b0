import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readResults, writeResult } from "./node.ts";
import { sampleTicket } from "./sample-result.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "ticketbench-results-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe("result files", () => {
  it("come back verified, in the order of their names, from sub-folders too", async () => {
    const results = [0, 1, 2].map((seed) => sampleTicket({ seed }));
    for (const result of results) await writeResult(join(dir, `seed-${2 - result.seed}`), result);
    const stored = await readResults(dir);
    expect(stored.map(({ result }) => result)).toEqual(results.reverse());
  });

  it("of a mini cell, with scores and predictions of three phases, stay under 12 kB", async () => {
    const file = await writeResult(dir, sampleTicket());
    expect((await readFile(file)).byteLength).toBeLessThan(12_000);
  });

  it("are never overwritten, and leave no draft behind", async () => {
    const result = sampleTicket();
    const file = await writeResult(dir, result);
    const before = await readFile(file, "utf8");
    await expect(writeResult(dir, { ...result, tier: "reproduced" })).rejects.toThrow(/already there/);
    expect(await readFile(file, "utf8")).toBe(before);
    expect(await readdir(dir)).toEqual([`${result.id}.json`]);
  });

  it("may be superseded by a newer result of the same cell", async () => {
    const result = sampleTicket();
    await writeResult(dir, result);
    await writeResult(dir, { ...result, supersedes: result.id });
    await writeResult(dir, { ...result, supersedes: `${result.id}.2` });
    expect((await readdir(dir)).sort()).toEqual(
      [2, 3].map((n) => `${result.id}.${n}.json`).concat(`${result.id}.json`),
    );
    expect(await readResults(dir)).toHaveLength(3);
  });

  it("are refused by name and field when they do not verify, on the way in and on the way out", async () => {
    const wrong = { ...sampleTicket(), target: 0.2 };
    await expect(writeResult(dir, wrong)).rejects.toThrow(/measured.prunable: asked for 0.2/);
    expect(await readdir(dir)).toEqual([]);
    await writeFile(join(dir, "edited.json"), JSON.stringify(wrong));
    await expect(readResults(dir)).rejects.toThrow(/edited.json: measured.prunable/);
  });

  it("with the scores of another cell are refused as a set", async () => {
    const original = sampleTicket({ seed: 0 });
    await writeResult(dir, original);
    await writeResult(dir, sampleTicket({ seed: 1, phases: original.phases }));
    await expect(readResults(dir)).rejects.toThrow(/equal scores on every question/);
  });

  it("are none where there is no folder", async () => {
    expect(await readResults(join(dir, "missing"))).toEqual([]);
  });
});
