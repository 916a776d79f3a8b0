import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CheckpointFolder } from "./checkpoints.ts";

const snapshot = (step: number) => ({ arrays: new Map([["w", new Float32Array([step])]]), meta: { step } });

test("the last snapshot of each name comes back; cleared, there is none", async () => {
  const checkpoints = new CheckpointFolder(join(mkdtempSync(join(tmpdir(), "cell-")), "id"), () => undefined);
  expect(await checkpoints.load("dense")).toBeNull();
  await checkpoints.save("dense", snapshot(1));
  await checkpoints.save("dense", snapshot(2));
  await checkpoints.save("retrained", snapshot(9));
  expect(await checkpoints.load("dense")).toEqual(snapshot(2));
  await checkpoints.clear();
  expect(await checkpoints.load("retrained")).toBeNull();
});

test("a damaged snapshot counts as missing and is told of", async () => {
  const folder = mkdtempSync(join(tmpdir(), "cell-"));
  const damaged: string[] = [];
  const checkpoints = new CheckpointFolder(folder, (name) => damaged.push(name));
  await checkpoints.save("dense", snapshot(1));
  const file = join(folder, readdirSync(folder)[0] as string);
  writeFileSync(file, readFileSync(file).subarray(0, 50));
  expect(await checkpoints.load("dense")).toBeNull();
  expect(damaged).toEqual(["dense"]);
});
