import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ENGINE_NAMES } from "./engine.ts";
import { autoEngine, listEngines, measureEngine } from "./engine-list.ts";
import { writeTensorflowInstallation } from "./engines/tensorflow/installation.ts";

describe("where nothing was installed", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "engines-"));
    vi.stubEnv("TICKETBENCH_ENGINES", folder);
  });

  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });

  test("lists every engine, with how to get those that are missing", async () => {
    const list = await listEngines();
    expect(list.map(({ name }) => name)).toEqual(ENGINE_NAMES);
    expect(list.find(({ name }) => name === "wasm")).toMatchObject({ installed: true, version: /tfjs/ });
    expect(list.find(({ name }) => name === "cpu")).toMatchObject({ installed: true });
    const tensorflow = list.find(({ name }) => name === "tensorflow");
    expect(tensorflow).toMatchObject({ installed: false });
    expect(tensorflow).toHaveProperty("reason", expect.stringContaining("npm run engine:tensorflow"));
  });

  test("takes wasm, and says when TensorFlow would be faster", () => {
    expect(autoEngine(64)).toEqual({ name: "wasm", reason: expect.stringContaining("small models") as string });
    expect(autoEngine(768)).toEqual({ name: "wasm", reason: expect.stringContaining("engine:tensorflow") as string });
  });

  test("takes TensorFlow for large models once it is installed", () => {
    writeTensorflowInstallation({ package: "somewhere", tensorflow: "2.21.0", gpu: false });
    expect(autoEngine(64).name).toBe("wasm");
    expect(autoEngine(768)).toEqual({ name: "tensorflow", reason: expect.stringContaining("2.21.0") as string });
  });

  test("an engine that is not there cannot be timed", async () => {
    await expect(measureEngine("tensorflow", 0.1)).rejects.toThrow("npm run engine:tensorflow");
  });
});

test("times an engine in a process of its own", async () => {
  const { gigaflops, version } = await measureEngine("wasm", 0.1);
  expect(gigaflops).toBeGreaterThan(0);
  expect(version).toMatch(/^tfjs /);
});
