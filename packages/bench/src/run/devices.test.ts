import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { newFolder, runArithmetic } from "../fixtures/arithmetic-run.ts";
import { visibleDevices } from "./devices.ts";

vi.setConfig({ testTimeout: 180_000 });

test("a GPU engine uses the GPUs it is shown, or all there are; another engine none", () => {
  const dev = newFolder();
  for (const name of ["nvidia10", "nvidia2", "nvidia0", "nvidiactl", "null"]) writeFileSync(join(dev, name), "");
  expect(visibleDevices("tensorflow", {}, dev)).toEqual(["0", "2", "10"]);
  expect(visibleDevices("webgpu", { CUDA_VISIBLE_DEVICES: "3,GPU-abc" }, dev)).toEqual(["3", "GPU-abc"]);
  expect(visibleDevices("tensorflow", { CUDA_VISIBLE_DEVICES: "-1" }, dev)).toEqual([]);
  expect(visibleDevices("wasm", {}, dev)).toEqual([]);
});

test("each running cell has a GPU of its own", async () => {
  const folder = newFolder();
  const words = ["seeds=[0]", "sparsities=[0.5]"];
  const { end } = await runArithmetic(folder, words, { jobs: 4, devices: ["5", "7"] });
  expect(end.done).toBe(4);
  const logs = join(folder, "work", "logs");
  const seen = readdirSync(logs)
    .filter((name) => name.endsWith(".jsonl"))
    .map((name) => /"device":"(\d*)"/.exec(readFileSync(join(logs, name), "utf8"))?.[1]);
  expect(seen).toHaveLength(4);
  expect(new Set(seen)).toEqual(new Set(["5", "7"]));
});
