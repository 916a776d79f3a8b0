import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { newFolder, runArithmetic } from "../fixtures/arithmetic-run.ts";
import { visibleDevices } from "./devices.ts";
import type { RunOptions } from "./run-plan.ts";

vi.setConfig({ testTimeout: 180_000 });

test("a GPU engine uses the GPUs it is shown, or all there are; another engine none", () => {
  const dev = newFolder();
  for (const name of ["nvidia10", "nvidia2", "nvidia0", "nvidiactl", "null"]) writeFileSync(join(dev, name), "");
  expect(visibleDevices("tensorflow", {}, dev)).toEqual(["0", "2", "10"]);
  expect(visibleDevices("webgpu", { CUDA_VISIBLE_DEVICES: "3,GPU-abc" }, dev)).toEqual(["3", "GPU-abc"]);
  expect(visibleDevices("tensorflow", { CUDA_VISIBLE_DEVICES: "-1" }, dev)).toEqual([]);
  expect(visibleDevices("wasm", {}, dev)).toEqual([]);
});

/** What each cell of a run saw of one thing. */
async function seenBy(options: Partial<RunOptions>, name: string): Promise<(string | undefined)[]> {
  const folder = newFolder();
  const { end } = await runArithmetic(folder, ["seeds=[0]", "sparsities=[0.5]"], options);
  expect(end.done).toBe(4);
  const logs = join(folder, "work", "logs");
  return readdirSync(logs)
    .filter((file) => file.endsWith(".jsonl"))
    .map((file) => new RegExp(`"${name}":"(\\d*)"`).exec(readFileSync(join(logs, file), "utf8"))?.[1]);
}

test("each running cell has a GPU of its own", async () => {
  const seen = await seenBy({ jobs: 4, devices: ["5", "7"] }, "device");
  expect(seen).toHaveLength(4);
  expect(new Set(seen)).toEqual(new Set(["5", "7"]));
});

test("a cell that runs beside others keeps to one thread; one that runs alone takes what there is", async () => {
  expect(await seenBy({ jobs: 2 }, "threads")).toEqual(Array(4).fill("1"));
  expect(await seenBy({ jobs: 1 }, "threads")).toEqual(Array(4).fill(""));
});
